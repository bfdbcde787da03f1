// What a worker holds for others, by comlink.

import * as Comlink from 'comlink';

const map = new Map<string, unknown>();
const list = Array.from({ length: 10_000 }, (_, i) => i);

const held = {
  get: (key: string): unknown => map.get(key),
  set: (key: string, value: unknown): void => void map.set(key, value),
  numbers: (): number[] => list,
};

export type Held = typeof held;

Comlink.expose(held);
