declare module 'virtual:labels' {
  /** The names of all steps of the build, by their numbers. */
  const labels: readonly string[];
  export default labels;
}
