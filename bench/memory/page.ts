// Runs one kind at a time, as scripts/memory.mjs asks.

import { keepAll, kinds, type Work } from './kinds.ts';

export interface Memory {
  readonly kinds: { name: string; count: number; makes: boolean }[];
  open(name: string): Promise<void>;
  run(count: number): Promise<void>;
  close(): Promise<void>;
  keepAll(): void;
}

let work: Work | undefined;

const memory: Memory = {
  kinds: Object.entries(kinds).map(([name, { count, makes = false }]) => ({ name, count, makes })),
  keepAll,
  async open(name) {
    work = await kinds[name]?.open();
  },
  async run(count) {
    await work?.run(count);
  },
  async close() {
    await work?.close?.();
    work = undefined;
  },
};

Object.assign(globalThis, { memory });
