// Finds the rows and measures one at a time, as scripts/bench.mjs asks.

import type { Row } from './row.ts';

/** Long enough that the clock's grain does not matter. */
const LOOP_MS = 100;

const modules: Record<string, Record<string, unknown>> = import.meta.glob('./rows/*.ts', { eager: true });

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && 'name' in value && 'ours' in value && 'peers' in value;

const rows = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .flatMap((value) => (Array.isArray(value) ? value.filter(isRow) : []));

/** How often a second a synchronous operation runs. */
function rateOf(operation: () => unknown): number {
  for (let count = 1; ; count *= 2) {
    const begin = performance.now();
    for (let i = 0; i < count; i++) operation();
    const elapsed = performance.now() - begin;
    if (elapsed >= LOOP_MS) return count / (elapsed / 1000);
  }
}

async function measure(row: Row, peer: string | null): Promise<number> {
  const run = peer === null ? row.ours : row.peers[peer];
  if (!run) throw new Error(`"${row.name}" has no peer "${peer}"`);
  const answer = await run.call(peer === null ? row : row.peers);
  return typeof answer === 'number' ? answer : rateOf(run);
}

export interface Bench {
  rows: (Omit<Row, 'ours' | 'peers'> & { peers: string[] })[];
  /** Measures once: ours (`null`) or a peer. */
  measure(name: string, peer: string | null): Promise<number>;
}

const bench: Bench = {
  rows: rows.map(({ name, unit, lowerIsBetter, goal, cpython, peers }) => ({
    name,
    unit,
    ...(lowerIsBetter !== undefined && { lowerIsBetter }),
    ...(goal !== undefined && { goal }),
    ...(cpython !== undefined && { cpython }),
    peers: Object.keys(peers),
  })),
  measure(name, peer) {
    const row = rows.find((candidate) => candidate.name === name);
    if (!row) throw new Error(`There is no row "${name}"`);
    return measure(row, peer);
  },
};

Object.assign(globalThis, { bench });
