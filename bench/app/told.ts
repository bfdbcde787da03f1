// What an app in a frame tells the page of the benchmarks.

export interface Told {
  /** Milliseconds from the beginning of its navigation to its first result. */
  readonly first: number;
  /** Bytes of the scripts that its page has loaded until then, as they are when they are unpacked. */
  readonly bytes: number;
}

/** The script of a worker counts as `other`. */
export function tell(): void {
  const scripts = performance
    .getEntriesByType('resource')
    .filter((entry) => (entry as PerformanceResourceTiming).initiatorType === 'script');
  const bytes = scripts.reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).decodedBodySize, 0);
  const told: Told = { first: performance.now(), bytes };
  parent.postMessage(told, origin);
}
