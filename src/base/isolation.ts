// Whether threads share memory.

declare global {
  /** Stands for the answer where a build knows it: the Vite plugin puts it in its place, and nobody sets it. */
  var WEB_MULTIPROCESSING_ISOLATED: boolean | undefined;
}

/** May threads of this page share memory? Where they may not, what `allocate` gives is this thread's own, and processes work by message. */
export const isIsolated: boolean =
  globalThis.WEB_MULTIPROCESSING_ISOLATED ??
  (typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false);
