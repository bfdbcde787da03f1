// zone.js, which comes with many an Angular app, counts the timers of a zone: Angular waits for those of its own before it calls the app
// stable.

interface Zones {
  readonly Zone?: { readonly root: { run<T>(act: () => T): T } };
}

/** Outside of all zones, where there are any: the library's own timers, and messages of its workers, are no work of the app's. */
export function outside<T>(act: () => T): T {
  const { Zone } = globalThis as Zones;
  return Zone === undefined ? act() : Zone.root.run(act);
}
