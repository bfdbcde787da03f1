// Which of the modules with the directive the page has the names of alone, since it only hands their functions to processes; and
// which of these a process need not load before it runs something of them.

import type { Rollup } from 'vite';
import { reachedByBuild } from './reach.ts';
import type { Node } from './tree.ts';
import { CALLED, ELSEWHERE, type Exported, functionsIn, HANDED, SELF, type Use, usesIn } from './uses.ts';

/** The code of a module with the directive, to be read where it is not known yet what the page gets of it. */
const BODY = '?web-multiprocessing-body';
export const bodyOf = (id: string): string => id + BODY;

export interface Handed {
  /** What each of those modules exports. */
  readonly functions: ReadonlyMap<string, ReadonlyMap<string, Exported>>;
  /** Those whose functions nobody has but who runs them. */
  readonly late: ReadonlySet<string>;
  /** All that was read. */
  readonly seen: ReadonlySet<string>;
}

/** Where the page has all modules as they are. */
export const NOTHING: Handed = { functions: new Map(), late: new Set(), seen: new Set() };

/** Milliseconds in which nothing is loaded after which a build counts as stuck. */
export const patience = { stuck: 30_000 };

/**
 * What is found, or nothing, where the build stands still: a plugin that waits for a module with the directive while it loads another
 * waits for this, and this for that other.
 */
export async function unlessStuck(context: Rollup.PluginContext, work: Promise<Handed>): Promise<Handed> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stuck = new Promise<Handed>((resolve) => {
    const look = (before: number): void => {
      const loaded = [...context.getModuleIds()].filter((id) => (context.getModuleInfo(id)?.code ?? null) !== null);
      if (loaded.length !== before) timer = setTimeout(look, patience.stuck, loaded.length);
      else {
        context.warn(
          'a plugin waits for a module of tasks while it loads another module: so nobody can tell what the page does with its functions, ' +
            'and the page gets all modules of tasks whole',
        );
        resolve(NOTHING);
      }
    };
    look(-1);
  });
  try {
    return await Promise.race([work, stuck]);
  } finally {
    clearTimeout(timer);
  }
}

interface Import {
  readonly from: string;
  readonly of: string;
  readonly use: Use;
}

/**
 * Reads all that a build comes to, but for `waits`. `isOurs`: what has the directive, and waits for this; `besides`: what goes with a module.
 */
export async function handedIn(
  context: Rollup.PluginContext,
  inputs: Iterable<string>,
  waits: RegExp,
  isOurs: (id: string) => boolean,
  besides: (id: string) => readonly string[],
): Promise<Handed> {
  const insteadOf = (id: string): string | undefined => (isOurs(id) ? bodyOf(id) : undefined);
  const { seen, roots } = await reachedByBuild(context, inputs, waits, besides, insteadOf);
  const ours = new Set([...seen].filter(isOurs));
  const programs = new Map<string, Node | undefined>();
  const programOf = (id: string): Node | undefined => {
    if (!programs.has(id)) programs.set(id, parsed(context, id));
    return programs.get(id);
  };
  const functions = new Map<string, Map<string, Exported>>();
  for (const id of ours) {
    const program = programOf(bodyOf(id));
    const its = program && functionsIn(program);
    if (its !== undefined) functions.set(id, its);
  }

  const imports: Import[] = [];
  for (const from of seen) {
    const { importedIds = [], dynamicallyImportedIds = [] } = context.getModuleInfo(from) ?? {};
    for (const of of dynamicallyImportedIds) imports.push({ from, of, use: ELSEWHERE });
    if (!importedIds.some((id) => ours.has(id))) continue;
    const program = programOf(from);
    const uses = new Map<string, Use>();
    for (const [source, use] of program ? usesIn(program) : []) {
      const of = (await context.resolve(source, from))?.id;
      if (of !== undefined) uses.set(of, Math.max(use, uses.get(of) ?? HANDED) as Use);
    }
    for (const of of importedIds) imports.push({ from, of, use: uses.get(of) ?? ELSEWHERE });
  }

  // What the body of such a module does is not done in the page, unless the page has that body.
  for (const id of roots) functions.delete(id);
  for (let before = -1; before !== functions.size; ) {
    before = functions.size;
    const inPage = new Set(roots);
    for (const id of inPage) {
      const { importedIds = [], dynamicallyImportedIds = [] } = context.getModuleInfo(id) ?? {};
      for (const it of [...importedIds, ...dynamicallyImportedIds]) inPage.add(it);
      if (ours.has(id) && !functions.has(id)) inPage.add(bodyOf(id));
    }
    for (const { from, of, use } of imports) if (inPage.has(from) && use !== HANDED) functions.delete(of);
  }

  const late = new Set(functions.keys());
  for (const { of, use } of imports) if (use > CALLED) late.delete(of);
  for (const id of late) {
    const own = [...(functions.get(id)?.values() ?? [])].map(({ local }) => local);
    if ((usesIn(programOf(bodyOf(id)) as Node, own).get(SELF) ?? HANDED) > CALLED) late.delete(id);
  }
  return { functions, late, seen };
}

function parsed(context: Rollup.PluginContext, id: string): Node | undefined {
  try {
    return context.parse(context.getModuleInfo(id)?.code ?? '') as unknown as Node;
  } catch {
    return undefined;
  }
}
