// What a file in bench/growth/ exports: how a cost grows, ours beside those of peers.

export interface Chart {
  readonly name: string;
  readonly unit: string;
  readonly lowerIsBetter: boolean;
  readonly x: { readonly name: string; readonly unit: string; readonly values: readonly number[] };
  /** A peer's curve ends where it is above that, for the next point would take too long. */
  readonly most?: number;
  /** Measures at `x`; `null` where it cannot be done, and the curve ends. */
  readonly series: Readonly<Record<string, (x: number) => Promise<number | null>>>;
}
