// Whether threads share memory.

/**
 * May threads of this page share memory? Where they may not, what `allocate` gives is this thread's own, and processes work by message.
 * The Vite plugin writes the answer here in what it builds for one of both (src/vite/ways.ts), and a bundler leaves out the other.
 */
export const isIsolated: boolean =
  (globalThis as { WEB_MULTIPROCESSING_ISOLATED?: boolean }).WEB_MULTIPROCESSING_ISOLATED ??
  (typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false);
