// What the page and scripts/engines.mjs say to each other.

/** What the page asks for first: the files to run are those that a filter names, without those already done. */
export interface Plan {
  filters: string[];
  done: string[];
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
  | { type: 'file'; file: string }
  | { type: 'test'; name: string; timeout: number }
  | {
      type: 'result';
      file: string;
      passed: number;
      failed: number;
      skipped: number;
      failures: Failure[];
      /** Of tests that passed when they ran again. */
      flaky: Failure[];
    }
  | { type: 'stray'; failure: Failure }
  | { type: 'end' };
