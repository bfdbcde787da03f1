/**
 * The Vite plugin: finds the modules that begin with `'use multiprocessing'`, and writes the executable for them.
 *
 * @module web-multiprocessing/vite
 */

//   page                                              process
//   src/tasks.ts ---- registers itself ---> page.js   process.js ---- imports every ---> src/tasks.ts, ...
//                                             | new Worker ^
//
// The two halves of the executable are virtual modules. How, and why so: docs/vite.md.

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Connect, Plugin, ResolvedConfig } from 'vite';

/** The options of the plugin. */
export interface MultiprocessingOptions {
  /** The folders that are searched for modules with the directive, relative to Vite's root. Default: the whole root. */
  readonly folders?: readonly string[];
  /**
   * The `Cross-Origin-Embedder-Policy` that dev and preview servers send, beside `Cross-Origin-Opener-Policy: same-origin`:
   * a page without them has no shared memory. `false`: neither is sent. Default: `'require-corp'`.
   */
  readonly isolation?: 'require-corp' | 'credentialless' | false;
}

/** What may come before the directive: a hashbang, comments and other directives. */
const PROLOGUE =
  /^(?:#![^\n]*\n)?(?:[\s;]|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|(['"])use (?!multiprocessing\1)[\w ]+\1)*/;
const DIRECTIVE = /(['"])use multiprocessing\1(?=\s*(?:;|\n|\r|$|\/[/*]))/y;
const SOURCE = /(?<!\.d)\.(?:m?[jt]s|[jt]sx)$/;
const VIRTUAL = /\/@web-multiprocessing\/(page|process|hot)\.js(?:\?.*)?$/;

const slashed = (path: string): string => path.replaceAll('\\', '/');

/** Replaces the directive, and nothing else; `undefined` where the code does not begin with it. */
function replaceDirective(code: string, replacement: string): string | undefined {
  if (!code.includes('use multiprocessing')) return undefined;
  DIRECTIVE.lastIndex = PROLOGUE.exec(code)?.[0].length ?? 0;
  const start = DIRECTIVE.lastIndex;
  return DIRECTIVE.test(code) ? code.slice(0, start) + replacement + code.slice(DIRECTIVE.lastIndex) : undefined;
}

const hasDirective = (code: string): boolean => replaceDirective(code, '') !== undefined;

/** The source files below a folder, but for dependencies, what was built, and hidden folders. */
function* sourcesBelow(folder: string, skipped: readonly string[]): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && SOURCE.test(entry.name)) yield path;
    if (!entry.isDirectory() || entry.name.startsWith('.') || /^(?:node_modules|dist)$/.test(entry.name)) continue;
    if (!skipped.includes(path)) yield* sourcesBelow(path, skipped);
  }
}

/** What the page loads with its first directive module. A worker that loads one gets this too, and does nothing with it. */
const pageCode = (hot: string | undefined): string => `
import { setExecutable } from 'web-multiprocessing';
const inPage = !('WorkerGlobalScope' in globalThis);
const start = () => new Worker(new URL('./process.js', import.meta.url), { type: 'module', name: 'web-multiprocessing' });
export const registered = new Set();
export const register = (name, module) => {
  if (!inPage) return;
  registered.add(name);
  setExecutable(start, { [name]: module });
};
export const renew = () => setExecutable(() => start());
${hot === undefined ? '' : `if (inPage) import(${JSON.stringify(hot)});`}
`;

/**
 * After an edit, workers in reserve are let go. Where a module was edited that the page has, and only the executable takes
 * the update, that module is the page's own entry: it is loaded anew.
 *
 * A module of its own, as it brings Vite's client: no worker wants that.
 */
const hotCode = (page: string): string => `
import { registered, renew } from ${JSON.stringify(page)};
const isOurs = ({ path }) => path.includes('/@web-multiprocessing/');
const isHere = ({ acceptedPath }) => registered.has(acceptedPath.replace(/^\\/|\\.\\w+$/g, ''));
import.meta.hot?.on('vite:beforeUpdate', ({ updates }) => {
  if (updates.every(isOurs) && updates.some(isHere)) location.reload();
});
import.meta.hot?.on('vite:afterUpdate', renew);
`;

/** What a process loads: every directive module, by name. */
function processCode(modules: ReadonlyMap<string, string>): string {
  const files = new Map<string, string>();
  for (const [file, name] of modules) {
    const other = files.get(name);
    if (other !== undefined) {
      throw new Error(
        `web-multiprocessing: ${other} and ${file} would both be known as '${name}'. Rename one of them.`,
      );
    }
    files.set(name, file);
  }
  const imports = [...files.values()].map((file, index) => `import * as m${index} from ${JSON.stringify(file)};`);
  const entries = [...files.keys()].map((name, index) => `${JSON.stringify(name)}: m${index}`);
  return `
import { setExecutable } from 'web-multiprocessing';
${imports.join('\n')}
setExecutable(import.meta.url, { ${entries.join(', ')} });
`;
}

/**
 * Lets the functions and classes of modules that begin with `'use multiprocessing'` run in processes:
 *
 * ```ts
 * // vite.config.ts
 * import { defineConfig } from 'vite';
 * import multiprocessing from 'web-multiprocessing/vite';
 *
 * export default defineConfig({ plugins: [multiprocessing()] });
 * ```
 */
export default function multiprocessing({
  folders = ['.'],
  isolation = 'require-corp',
}: MultiprocessingOptions = {}): Plugin {
  let config: ResolvedConfig;
  let root: string;
  /** The directive modules: file to name. */
  let modules = new Map<string, string>();

  /** The name under which a module is registered: `src/tasks`. */
  const nameOf = (file: string): string => slashed(relative(root, file)).replace(/\.\w+$/, '');

  /** The id of a virtual module: a path in the root, so that what it imports is resolved as the app's own imports are. */
  const virtual = (name: string): string => `${config.root}/@web-multiprocessing/${name}.js`;

  function scan(): Map<string, string> {
    const skipped = [config.build.outDir, config.publicDir, config.cacheDir].map((folder) => resolve(root, folder));
    const found = new Map<string, string>();
    for (const folder of folders.map((name) => resolve(root, name))) {
      if (!existsSync(folder)) throw new Error(`web-multiprocessing: there is no folder ${folder} (option "folders")`);
      for (const path of sourcesBelow(realpathSync(folder), skipped)) {
        const file = slashed(path);
        if (hasDirective(readFileSync(path, 'utf8'))) found.set(file, nameOf(file));
      }
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The virtual modules, and the directive taken out; `registers` is false in the bundle of a worker. */
  const executable = (registers: boolean): Plugin => ({
    name: 'web-multiprocessing',
    enforce: 'pre',
    // WebKit runs the entry of a worker once more where another chunk imports it, and then there are two libraries. A strict
    // entry is a file that only imports the rest.
    options: (options) => (registers ? null : { ...options, preserveEntrySignatures: 'strict' }),
    resolveId: {
      filter: { id: VIRTUAL },
      handler(source) {
        if (!VIRTUAL.test(source)) return undefined;
        const path = source.slice(source.indexOf('/@web-multiprocessing/'));
        return { id: config.root + path, moduleSideEffects: true };
      },
    },
    load: {
      filter: { id: VIRTUAL },
      handler(id) {
        const name = VIRTUAL.exec(id)?.[1];
        if (name === undefined) return undefined;
        if (name === 'process') return processCode(modules);
        return name === 'page'
          ? pageCode(config.command === 'serve' ? virtual('hot') : undefined)
          : hotCode(virtual('page'));
      },
    },
    transform: {
      filter: { code: /use multiprocessing/ },
      handler(code, id, options) {
        const path = id.replace(/\?.*$/s, '');
        if (!SOURCE.test(path) || !hasDirective(code)) return undefined;
        const replaceBy = (text: string, more = '') => ({ code: replaceDirective(code, text) + more, map: null });
        // It says nothing to anybody else, and bundlers warn of it. All stays in its place: no source map is needed.
        const without = replaceBy(' '.repeat("'use multiprocessing'".length));
        if (options?.ssr || !registers || path !== id) return without;
        const name = modules.get(existsSync(id) ? slashed(realpathSync(id)) : id);
        if (name === undefined) {
          this.warn(
            `${id} begins with 'use multiprocessing', but no process knows it: it is not in ${folders.join(', ')}`,
          );
          return without;
        }
        // First in the body, as the module itself may start processes. What it exports is read later.
        return replaceBy(
          `__mpRegister(${JSON.stringify(name)}, __mpModule);`,
          `\nimport { register as __mpRegister } from ${JSON.stringify(virtual('page'))};` +
            `\nimport * as __mpModule from ${JSON.stringify(id)};\n`,
        );
      },
    },
  });

  const isolate: Connect.NextHandleFunction = (_request, response, next) => {
    if (isolation !== false) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', isolation);
    }
    next();
  };

  return {
    ...executable(true),
    // Vite puts the app's own worker plugins before these.
    config: () => ({
      resolve: { dedupe: ['web-multiprocessing'] },
      worker: { format: 'es', plugins: () => [executable(false)] },
    }),
    configResolved(resolved) {
      config = resolved;
      root = slashed(realpathSync(config.root));
    },
    buildStart() {
      modules = scan();
    },
    // As middleware, and not as the options `headers`: Vite leaves those out where it answers "304 Not Modified".
    configureServer({ middlewares }) {
      middlewares.use(isolate);
    },
    configurePreviewServer({ middlewares }) {
      middlewares.use(isolate);
    },
    async hotUpdate({ type, file, read }) {
      const { config: environment, hot, moduleGraph } = this.environment;
      if (environment.consumer !== 'client') return undefined;
      for (const module of moduleGraph.getModulesByFile(virtual('process')) ?? []) {
        // New workers get what changed, so the executable is no reason to reload the page: it accepts every update.
        moduleGraph.invalidateModule(module);
        for (const imported of module.importedModules) module.acceptedHmrDeps.add(imported);
      }
      const has = type !== 'delete' && SOURCE.test(file) && hasDirective(await read());
      if (has === modules.has(file)) return undefined;
      const before = modules;
      modules = scan();
      if ([...modules.keys()].join() === [...before.keys()].join()) return undefined;
      hot.send({ type: 'full-reload' });
      return undefined;
    },
  };
}
