// What the page and scripts/engines.mjs say to each other.

/** What the page asks for first. */
export interface Plan {
  file: string;
  /** How often a failed test runs again. */
  retries: number;
}

export interface Failure {
  test: string;
  message: string;
  stack: string;
  diff: string;
}

export type Report =
  | { type: 'hello'; userAgent: string; isolated: boolean }
  | { type: 'test'; name: string; timeout: number }
  /** Of the whole file: the last report. */
  | {
      type: 'result';
      passed: number;
      failed: number;
      skipped: number;
      failures: Failure[];
      /** Of tests that passed when they ran again. */
      flaky: Failure[];
    }
  | { type: 'stray'; failure: Failure };
