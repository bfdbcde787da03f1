// What a file in bench/rows/ exports: an array of rows.

/**
 * One measurement. Answers a rate, or a time where `lowerIsBetter`. A function that answers nothing is one synchronous
 * operation, which the page repeats to find its rate.
 */
export type Measure = () => unknown;

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly lowerIsBetter?: boolean;
  /** How many times as good as the best peer ours ought to be. */
  readonly goal?: number;
  /** The same work in CPython, measured elsewhere. */
  readonly cpython?: number;
  readonly ours: Measure;
  readonly peers: Readonly<Record<string, Measure>>;
}
