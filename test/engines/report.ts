// What the page and scripts/engines-browser.mjs say to each other.

/** What the page asks for first. */
export interface Plan {
  file: string;
}

export interface Failure {
  test: string;
  message: string;
  stack: string;
  diff: string;
}

/** One test that ran; `ms` is how long it took. */
export interface Ran {
  name: string;
  state: string;
  ms: number;
}

export type Report =
  | { type: 'hello'; userAgent: string; isolated: boolean }
  | { type: 'test'; name: string; timeout: number }
  /** Of the whole file: the last report. `workers` counts those that the page has started. */
  | { type: 'result'; tests: Ran[]; failures: Failure[]; workers: number }
  | { type: 'stray'; failure: Failure };
