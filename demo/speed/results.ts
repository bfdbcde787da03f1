// The figures of the last full run of the benchmarks in Chromium, as `npm run bench` wrote them.

import latest from '../../bench/results/chromium.json';

export interface Row {
  readonly area: string;
  readonly name: string;
  readonly unit: string;
  readonly lowerIsBetter: boolean;
  readonly ours: number | null;
  readonly peers: Readonly<Record<string, number | null>>;
  readonly cpython: number | null;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly name: string;
  readonly unit: string;
  readonly lowerIsBetter: boolean;
  readonly x: { readonly name: string; readonly unit: string };
  readonly series: readonly Curve[];
}

interface Report {
  readonly machine: string;
  readonly browser: string;
  readonly python: string | null;
  readonly rounds: number;
  readonly quick: boolean;
  readonly peers: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly growth: readonly Chart[];
}

export const report = latest as unknown as Report;

/** `comlink 4.4.2` */
export const withVersion = (name: string): string => {
  const version = report.peers[name];
  return version === undefined ? name : `${name} ${version}`;
};

/** Three significant digits: 1.23 M. */
export function short(number: number): string {
  for (const [size, suffix] of [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ] as const) {
    if (number >= size) return Number((number / size).toPrecision(3)) + suffix;
  }
  return String(Number(number.toPrecision(3)));
}
