/** The test files of this run, by path: scripts/engines-bundle.mjs writes the module. */
declare module 'virtual:test-files' {
  const files: Record<string, () => Promise<unknown>>;
  export default files;
}
