// Finds the rows and the charts, and measures one side at a time, as scripts/bench.mjs asks.

import { keepBusy } from './busy.ts';
import type { Chart } from './chart.ts';
import { times } from './effort.ts';
import { takeOrders } from './orders.ts';
import type { Area } from './row.ts';

/** Long enough that the clock's grain does not matter. */
const LOOP_MS = times(100, 40);

const areas = Object.values(import.meta.glob<{ area: Area }>('./rows/*.ts', { eager: true })).map(({ area }) => area);
const charts = Object.values(import.meta.glob<{ chart: Chart }>('./growth/*.ts', { eager: true })).map(
  ({ chart }) => chart,
);

/** How often a second a synchronous operation runs. */
function rateOf(operation: () => unknown): number {
  for (let count = 1; ; count *= 2) {
    const begin = performance.now();
    for (let i = 0; i < count; i++) operation();
    const elapsed = performance.now() - begin;
    if (elapsed >= LOOP_MS) return count / (elapsed / 1000);
  }
}

const bench = {
  /** All of it, but for the functions. */
  list: () => ({
    rows: areas.flatMap((area) =>
      area.rows.map(({ ours: _, peers, ...row }) => ({
        ...row,
        area: area.name,
        isApart: area.isApart ?? false,
        peers: Object.keys(peers),
      })),
    ),
    charts: charts.map((chart) => ({ ...chart, series: Object.keys(chart.series) })),
  }),

  keepBusy,

  /** Measures once: ours (`null`) or a peer. */
  async measure(name: string, peer: string | null): Promise<number> {
    const row = areas.flatMap(({ rows }) => rows).find((candidate) => candidate.name === name);
    const run = peer === null ? row?.ours : row?.peers[peer];
    if (run === undefined) throw new Error(`There is no ${peer ?? 'row'} in "${name}"`);
    const answer = await run();
    return typeof answer === 'number' ? answer : rateOf(run);
  },

  /** Measures one point of a curve; `null` where the curve cannot go on. */
  async grow(name: string, side: string, x: number): Promise<number | null> {
    const measure = charts.find((chart) => chart.name === name)?.series[side];
    if (measure === undefined) throw new Error(`There is no ${side} in "${name}"`);
    return measure(x);
  },
};

Object.assign(globalThis, { bench });
if (new URLSearchParams(location.search).has('orders')) void takeOrders(bench);
