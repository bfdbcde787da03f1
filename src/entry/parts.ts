// Parts of the library that a thread has because its executable names them.

/** To name them is to have them: a bundler keeps what is named. @throws TypeError for what is none. */
export function checkParts(parts: readonly object[], call: string): void {
  if (Array.isArray(parts) && parts.every((part) => typeof part === 'function')) return;
  throw new TypeError(`${call}: parts must be an array of what this entry of the library exports`);
}
