// What the pages of an app can come to, and its processes: what they need not know is not loaded in them.

import type { DevEnvironment, EnvironmentModuleNode, Rollup } from 'vite';
import { realPath } from './packages.ts';

/** As it was resolved: Rollup takes it that a module has side effects, where whoever asks first does not say that it has none. */
interface Asked {
  readonly id: string;
  readonly moduleSideEffects?: boolean | 'no-treeshake' | null;
}

/** What only Rollup tells. */
interface Resolutions {
  readonly importedIdResolutions?: readonly Asked[];
  readonly dynamicallyImportedIdResolutions?: readonly Asked[];
}

function importsOf(info: (Rollup.ModuleInfo & Resolutions) | null): readonly Asked[] {
  if (info === null) return [];
  const { importedIds, importedIdResolutions, dynamicallyImportedIds, dynamicallyImportedIdResolutions } = info;
  const named = (ids: readonly string[]): readonly Asked[] => ids.map((id) => ({ id }));
  return [
    ...(importedIdResolutions ?? named(importedIds)),
    ...(dynamicallyImportedIdResolutions ?? named(dynamicallyImportedIds)),
  ];
}

export interface Reached {
  readonly seen: ReadonlySet<string>;
  /** What nothing else leads to. */
  readonly roots: ReadonlySet<string>;
}

/**
 * All modules that a build comes to: by asking for each, which it would load anyway. What waits for this, such as the page's half of
 * the executable, is passed over; `besides` says what goes with a module that was loaded, `insteadOf` what to ask for in place of
 * another that waits.
 */
export async function reachedByBuild(
  context: Rollup.PluginContext,
  inputs: Iterable<string>,
  waits: RegExp,
  besides: (id: string) => readonly string[],
  insteadOf: (id: string) => string | undefined = () => undefined,
): Promise<Reached> {
  const seen = new Set<string>();
  const roots = new Set<string>();
  const isLoaded = (id: string): boolean => (context.getModuleInfo(id)?.code ?? null) !== null;
  const visit = async (asked: Asked): Promise<void> => {
    const { id } = asked;
    if (seen.has(id) || waits.test(id)) return;
    // What is not part of the build is never loaded: to wait for that would be to wait for ever.
    if (!isLoaded(id) && !id.startsWith('\0')) {
      const resolved = await context.resolve(id, undefined, { skipSelf: false });
      if (resolved === null || resolved.external || resolved.id !== id || seen.has(id)) return;
    }
    seen.add(id);
    if (context.getModuleInfo(id)?.isEntry) roots.add(id);
    const instead = insteadOf(id);
    // What cannot be read so may be read as itself; if not, that says why.
    if (instead !== undefined) return visit({ id: instead }).catch(() => {});
    await context.load({ ...asked, resolveDependencies: true });
    const others = besides(id).map((each) => ({ id: each }));
    await Promise.all([...importsOf(context.getModuleInfo(id)), ...others].map(visit));
  };
  const begin = (id: string): Promise<void> => {
    roots.add(id);
    return visit({ id });
  };
  for (const input of inputs) {
    const resolved = await context.resolve(input, undefined, { isEntry: true });
    if (resolved && !resolved.external) await begin(resolved.id);
  }
  for (;;) {
    const more = [...context.getModuleIds()].filter((id) => isLoaded(id) && !seen.has(id) && !waits.test(id));
    if (more.length === 0) return { seen, roots };
    await Promise.all(more.map(begin));
  }
}

/**
 * The files that pages of a development server have loaded, or can load from there: what they import lazily is looked up, until
 * all that is sought was found.
 */
export async function reachedInServer(environment: DevEnvironment, sought: Iterable<string>): Promise<Set<string>> {
  const files = new Set<string>();
  const left = new Set(sought);
  const nodes = new Set<EnvironmentModuleNode>();
  const add = (node: EnvironmentModuleNode): void => {
    nodes.add(node);
    if (node.file === null) return;
    const file = realPath(node.file);
    files.add(file);
    left.delete(file);
  };
  environment.moduleGraph.idToModuleMap.forEach(add);
  for (const node of nodes) {
    if (left.size === 0) break;
    // What is installed imports nothing of the app.
    if (node.transformResult === null && !/\/node_modules\/|\/@web-multiprocessing\//.test(node.url)) {
      await environment.transformRequest(node.url).catch(() => {});
    }
    node.importedModules.forEach(add);
  }
  return files;
}
