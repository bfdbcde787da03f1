// What the plugin writes: the two halves of the executable, and small changes to what Vite writes.

import { LIBRARY } from './packages.ts';
import type { Part } from './parts.ts';
import type { Exported } from './uses.ts';
import { scriptOf, type Way } from './way.ts';

export const IS_LIBRARY = /^web-multiprocessing(?:\/|$)/;
/** The virtual modules. `kinds` is what `page` needs of the library, `parts` what `process` does. */
export const VIRTUAL = /\/@web-multiprocessing\/(page|kinds|process|process-message|parts|hot|in-place)\.js(?:\?.*)?$/;
/** Those that are written once all others of their build are loaded. */
export const WAITS =
  /\/@web-multiprocessing\/(?:page|parts)\.js$|\/(?:install_by_message|load_manager_server|stream_of_pool)\.[jt]s$/;

/** Whether a module is the app's, and may make pools or start processes when it is evaluated. */
export const mayMake = (path: string, code: string): boolean =>
  !/\/node_modules\//.test(path) &&
  !VIRTUAL.test(path) &&
  /\bfrom\s*['"]web-multiprocessing['"]/.test(code) &&
  /\b(?:Pool|Process|Manager)\b/.test(code);

/** Makes a worker: bundlers have to see all of it. */
const factoryOf = (way: Way): string =>
  `(name) => new Worker(new URL('./${scriptOf(way)}.js', import.meta.url), { type: 'module', name })`;

/**
 * What the page loads with its first directive module. A worker that loads one gets this too, and does nothing with it.
 *
 * @param ways how its processes may work: the first where it is isolated, the last where it is not.
 */
export const pageCode = (kinds: string, hot: string | undefined, hasNames: boolean, ways: readonly Way[]): string => `
import { _choose, _setExecutable } from 'web-multiprocessing/page';
import ${JSON.stringify(kinds)};
const inPage = !('WorkerGlobalScope' in globalThis);
const start = ${ways.map(factoryOf).reduce((a, b) => `_choose(${a}, ${b})`)};
export const register = (name, module) => {
  if (!inPage) return;
  ${hot === undefined ? '' : 'registered.add(name);'}
  _setExecutable(start, { [name]: module });
};
${hot === undefined ? 'export const renew = () => {};' : `${RENEW}${ENTER}if (inPage) import(${JSON.stringify(hot)});`}${hasNames ? ABSENT : ''}
`;

/** What an update needs. */
const RENEW = `
export const registered = new Set();
export const renew = () => _setExecutable(start);
`;

/** What stands in the page for a function that it has not. */
const ABSENT = `
import { InvalidStateError } from '${LIBRARY}';
export const absent = (module, name, length) => Object.defineProperties(() => {
  throw new InvalidStateError(name + '() of ' + module + ' runs in processes alone: this page has no more of it than its name. To call ' +
    "it here, import its module for itself as well: import './" + module.split('/').pop() + "'");
}, { name: { value: name }, length: { value: length } });
`;

/**
 * What stands for functions that are written in place: `stand` for their modules, whose functions only processes have, and `place` for a
 * function, with what it takes along. An update of what is inside of one reaches the next task: workers that have the older one are
 * let go.
 */
export const inPlaceCode = (page: string | undefined): string => `
import { InvalidStateError } from '${LIBRARY}';
${page === undefined ? 'const inPage = false;' : `import { register, renew } from ${JSON.stringify(page)};\nconst inPage = !('WorkerGlobalScope' in globalThis);`}
const rebuild = Symbol.for('web-multiprocessing.rebuild');
const reduce = Symbol.for('web-multiprocessing.reduce');
const versions = new Map();
export const stand = (file, names, version, bodies) => {
  if (inPage && versions.has(file) && versions.get(file) !== version) renew();
  versions.set(file, version);
  return names.map((name, i) => {
    const module = name + '@' + file;
    const f = bodies[i] ?? class {
      static [rebuild]() {
        throw new InvalidStateError(name.replace(/-\\d+$/, '') + '() of ' + file + " begins with 'use multiprocessing', and runs in processes alone: hand it to a " +
          'pool or to a Process. What is called here, too, goes into a function without the directive, in a module that both import');
      }
    };
    if (inPage) register(module, { f });
    else globalThis[Symbol.for('web-multiprocessing.refer')]?.(f, module + '.f');
    return f;
  });
};
export const place = (its, name, length, captures) => Object.defineProperties(function (...args) {
  return its[rebuild](captures()).apply(this, args);
}, { name: { value: name }, length: { value: length }, constructor: { value: its }, [reduce]: { value: captures } });
`;

/** A module of which the page has names alone. */
export function namesCode(name: string, functions: ReadonlyMap<string, Exported>, page: string): string {
  const locals = [...new Set(functions.values())];
  const made = locals.map(
    (it, i) => `const _${i} = absent(${[name, it.name, it.length].map((x) => JSON.stringify(x))});`,
  );
  const exported = [...functions].map(([as, it]) => {
    return `_${locals.indexOf(it)} as ${/^[\w$]+$/.test(as) ? as : JSON.stringify(as)}`;
  });
  // Not the module itself: bundlers write an object with getters for that.
  const keys = [...functions].map(([as, it]) => `${JSON.stringify(as)}: _${locals.indexOf(it)}`);
  return `
import { absent, register } from ${JSON.stringify(page)};
${made.join('\n')}
register(${JSON.stringify(name)}, { ${keys.join(', ')} });
export { ${exported.join(', ')} };
`;
}

/**
 * A module of the app begins: what it made when it was evaluated last is ended, and what it makes now is noted, until it is through
 * or awaits something. (Vite tells a module of an update only where it accepts that itself.)
 */
const ENTER = `
const made = new Map();
export const enter = (module) => {
  if (!inPage) return;
  for (const it of made.get(module) ?? []) {
    try {
      it.terminate();
    } catch {}
  }
  const list = [];
  made.set(module, list);
  const note = (it) => list.push(it);
  const key = Symbol.for('web-multiprocessing.made');
  globalThis[key] = note;
  queueMicrotask(() => {
    if (globalThis[key] === note) delete globalThis[key];
  });
};
`;

/** The worker of a package, as Vite writes it: with an address in an address, which bundlers take for that of a picture. */
const NESTED = new RegExp(
  String.raw`(?<=new Worker\(_)new URL\(__(?:EMPTY\+)?_new URL\(__(["'\`])([^"'\`]+)\1_,_import\.meta\.url_\)\.href_,_(?:EMPTY\+)?_import\.meta\.url_\)`
    .replaceAll('EMPTY', String.raw`(?:""|''|\`\`)_`)
    .replaceAll('__', String.raw`\s*(?:\/\*[^*]*\*\/)?_`)
    .replaceAll('_', String.raw`\s*`),
  'g',
);

/** In one piece, so that the bundler of the app makes a worker of it; as long as before, where there is a source map. */
export const inOnePiece = (code: string, hasMap: boolean): string =>
  code.replace(NESTED, (text, _quote, path: string) => {
    const lines = text.split('\n').length - 1;
    const url = `new URL("${path.startsWith('.') ? path : `./${path}`}", import.meta.url)`;
    return !hasMap ? url : url.padEnd(text.length - lines) + '\n'.repeat(lines);
  });

/**
 * Vite's client, which comes with every style sheet: a process has no page to put that into, and needs no connection of its
 * own, whose messages would ask it to reload itself.
 */
export const clientCode = (code: string): { code: string; map: null } => ({
  code: code
    .replace(/^transport\.connect\(/m, `if (${IN_PAGE}) $&`)
    .replace(/^function (?:updateStyle|removeStyle)\(.*\{$/gm, `$& if (!(${IN_PAGE})) return;`),
  map: null,
});
/** React's part of an update, which comes with every component: it notes something in the window, which a process has not. */
export const refreshCode = (code: string): { code: string; map: null } => ({
  code: code.replace(/\bwindow\./g, 'globalThis.'),
  map: null,
});
export const REACT_REFRESH = /^\/@react-refresh$/;

const IN_PAGE = `'document' in globalThis || !globalThis.location.pathname.endsWith('/@web-multiprocessing/process.js')`;

/**
 * Before the page takes over what was edited, workers that have older code are let go: those in reserve, and those of pools that
 * sleep. Where a module was edited that the page has, and only the executable takes the update, that module is the page's
 * own entry: it is loaded anew.
 *
 * A module of its own, as it brings Vite's client: no worker wants that.
 */
export const hotCode = (page: string): string => `
import { registered, renew } from ${JSON.stringify(page)};
const isOurs = ({ path }) => path.includes('/@web-multiprocessing/');
const isHere = ({ acceptedPath }) => registered.has(acceptedPath.replace(/^\\/|\\.\\w+$/g, ''));
import.meta.hot?.on('vite:beforeUpdate', ({ updates }) => {
  if (updates.every(isOurs) && updates.some(isHere)) location.reload();
  else if (updates.some(isOurs)) renew();
});
`;

/**
 * What a process loads, by name. Each for itself: what cannot be loaded there spoils only what needs it. Those that are `late` are
 * loaded when something of them is needed.
 */
export function processCode(modules: ReadonlyMap<string, string>, late: ReadonlySet<string>, parts: string): string {
  const entries = [...modules].map(
    ([file, name]) => `${JSON.stringify(name)}: ${late.has(file) ? '() => ' : ''}import(${JSON.stringify(file)}),`,
  );
  return `
import { _serve } from 'web-multiprocessing/process';
import ${JSON.stringify(parts)};
_serve({
${entries.join('\n')}
});
`;
}

/** What a page or a process needs of the library: what is there has an effect, for bundlers keep nothing else. */
export const partsCode = (side: 'page' | 'process', parts: readonly Part[]): string =>
  parts.length === 0
    ? ''
    : `
import { ${parts.join(', ')} } from '${LIBRARY}/${side}';
globalThis[Symbol.for('web-multiprocessing.parts')] = [${parts.join(', ')}];
`;
