// How the threads of what is built work together. A page that may be isolated or not knows both ways, and makes its workers of a script
// for the one that it goes: no worker loads the other. A server, and a package, have one script for both.

/** Through shared memory, or by message; `either` where nobody knows that before it runs. */
export type Way = 'memory' | 'message' | 'either';

/** How workers of a page may work: the first where it is isolated, the last where it is not. */
export const waysOf = (isKnown: boolean, isNeverIsolated: boolean): readonly Way[] =>
  !isKnown ? ['either'] : isNeverIsolated ? ['message'] : ['memory', 'message'];

/** The virtual module that is their script. */
export const scriptOf = (way: Way): string => (way === 'message' ? 'process-message' : 'process');

/** What stands for each part in the library's `install` (src/message/), which is written once it is known what the app uses. */
export const INSTALL = /\/install_by_message\.[jt]s$/;
const LINE =
  /\b(?:(?:serve|registerBody)\((["'`])(\w+)\1, \w+\)|(setByMessage|setLoopByMessage|setWaitApart)\(\w+\));/g;

/** The part that it is of, by what is called. */
const CALLS: Readonly<Record<string, string>> = {
  setByMessage: 'Pool',
  setLoopByMessage: 'PoolWorker',
  setWaitApart: 'Waiter',
};

/** Without the parts that are not needed. */
export const reduced = (code: string, needed: ReadonlySet<string>): string =>
  code.replace(LINE, (line: string, _quote, kind: string | undefined, call: string) =>
    needed.has(kind ?? (CALLS[call] as string)) ? line : '',
  );

/** Where the library asks (src/base/isolation.ts), and where it loads what works by message. */
const ASKED = /\bglobalThis\.WEB_MULTIPROCESSING_ISOLATED\s*\?\?\s*\([^()]*\)/;
const LOADED = /\bimport\((["'`])([^"'`]*\/install_by_message\.[jt]s)\1\)/;

/**
 * A module of the library, with the answer in its place: a bundler then leaves out what goes the other way. What works by message is
 * there at once, where it is the only way. `undefined`: as it was.
 */
export function answered(code: string, way: Way): string | undefined {
  if (way === 'either') return undefined;
  if (ASKED.test(code)) return code.replace(ASKED, String(way === 'memory'));
  const from = LOADED.exec(code)?.[2];
  if (from === undefined) return undefined;
  if (way === 'memory') return code.replace(LOADED, 'Promise.reject()');
  return `${code.replace(LOADED, 'Promise.resolve(byMessageHere)')}\nimport * as byMessageHere from '${from}';\n`;
}
