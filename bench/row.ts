// What a file in bench/rows/ exports: an area and its rows.

/**
 * One measurement. Answers a rate, or a time where `lowerIsBetter`. A function that answers nothing is one synchronous
 * operation, which the page repeats to find its rate.
 */
export type Measure = () => unknown;

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly lowerIsBetter?: boolean;
  /** How many times as good as the best peer ours ought to be; or as some of them, by their names. */
  readonly goal?: number | Readonly<Record<string, number>>;
  /**
   * What it measures on a busy machine, where it has a goal of its own: a wait, in which ours ought to be as good as the best
   * peer and 0.8 of it in the worst round, or how much goes through, three times as much. Without it, it is not measured there.
   */
  readonly busy?: 'latency' | 'throughput';
  /** The same work in CPython: a file of bench/python/ without its ending, and how many times as good ours ought to be. */
  readonly python?: { readonly script: string; readonly goal?: number };
  readonly ours: Measure;
  readonly peers: Readonly<Record<string, Measure>>;
}

export interface Area {
  readonly name: string;
  /** Its rows are measured in a page that is not cross-origin isolated: all goes by message. */
  readonly isApart?: boolean;
  readonly rows: readonly Row[];
}
