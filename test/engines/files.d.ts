/** The test files of this run, by path: scripts/engines-bundle.mjs writes the module. */
declare module 'virtual:test-files' {
  const files: Record<string, () => Promise<unknown>>;
  export default files;
}

/** How processes load what is written in place in test/fixtures/in_place.ts: scripts/in_place.mjs writes the module. */
declare module 'virtual:in-place' {
  const modules: Record<string, () => Promise<object>>;
  export default modules;
}
