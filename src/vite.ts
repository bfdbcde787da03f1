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
import { dirname, join, relative, resolve } from 'node:path';
import type { Connect, DevEnvironment, EnvironmentModuleNode, Plugin, ResolvedConfig, Rollup } from 'vite';

/** The options of the plugin. */
export interface MultiprocessingOptions {
  /**
   * The folders that are searched for modules with the directive, relative to Vite's root. Default: the whole root. Installed
   * packages that depend on this library are searched, too.
   */
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
const IS_LIBRARY = /^web-multiprocessing(?:\/|$)/;
const VIRTUAL = /\/@web-multiprocessing\/(page|process|hot)\.js(?:\?.*)?$/;

const slashed = (path: string): string => path.replaceAll('\\', '/');
const realPath = (path: string): string => (existsSync(path) ? slashed(realpathSync(path)) : path);

/** Replaces the directive, and nothing else; `undefined` where the code does not begin with it. */
function replaceDirective(code: string, replacement: string): string | undefined {
  if (!code.includes('use multiprocessing')) return undefined;
  DIRECTIVE.lastIndex = PROLOGUE.exec(code)?.[0].length ?? 0;
  const start = DIRECTIVE.lastIndex;
  return DIRECTIVE.test(code) ? code.slice(0, start) + replacement + code.slice(DIRECTIVE.lastIndex) : undefined;
}

const hasDirective = (code: string): boolean => replaceDirective(code, '') !== undefined;

/** The source files below a folder, but for dependencies and hidden folders; and what was built, unless it is a package's. */
function* sourcesBelow(folder: string, skipped: readonly string[]): Generator<string> {
  const isPackage = slashed(folder).includes('/node_modules/');
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && SOURCE.test(entry.name)) yield path;
    if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.name === 'dist' && !isPackage) continue;
    if (!skipped.includes(path)) yield* sourcesBelow(path, skipped);
  }
}

const LIBRARY = 'web-multiprocessing';

interface Manifest {
  readonly name?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly peerDependencies?: object;
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The folder of the package that a file or folder belongs to, and what the package says of itself. */
function packageOf(path: string): { folder: string; manifest: Manifest } | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const manifest = manifestIn(folder);
    if (manifest !== undefined) return { folder, manifest };
    if (folder === dirname(folder)) return undefined;
  }
}

/** The installed packages that depend on this library, by name, and where they are: dependencies of dependencies, too. */
function packagesBelow(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (name: string, from: string): void => {
    for (let base = from; ; base = dirname(base)) {
      const folder = join(base, 'node_modules', name);
      const manifest = seen.has(folder) ? {} : manifestIn(folder);
      seen.add(folder);
      if (manifest === undefined && base !== dirname(base)) continue;
      const { dependencies = {}, peerDependencies = {} } = manifest ?? {};
      if (LIBRARY in dependencies || LIBRARY in peerDependencies) found.set(name, realpathSync(folder));
      for (const other of Object.keys(dependencies)) visit(other, folder);
      return;
    }
  };
  const own = packageOf(root);
  const { dependencies, devDependencies } = own?.manifest ?? {};
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) visit(name, root);
  return found;
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
export const renew = () => setExecutable(start);
${hot === undefined ? '' : `if (inPage) import(${JSON.stringify(hot)});`}
`;

/** The worker of a package, as Vite writes it: with an address in an address, which bundlers take for that of a picture. */
const NESTED = new RegExp(
  String.raw`new URL\(__(?:EMPTY\+)?_new URL\(__(["'\`])([^"'\`]*\bprocess-[^"'\`]*)\1_,_import\.meta\.url_\)\.href_,_(?:EMPTY\+)?_import\.meta\.url_\)`
    .replaceAll('EMPTY', String.raw`(?:""|''|\`\`)_`)
    .replaceAll('__', String.raw`\s*(?:\/\*[^*]*\*\/)?_`)
    .replaceAll('_', String.raw`\s*`),
  'g',
);

/** In one piece, so that the bundler of the app makes a worker of it; as long as before, where there is a source map. */
const inOnePiece = (code: string, hasMap: boolean): string =>
  code.replace(NESTED, (text, _quote, path: string) => {
    const lines = text.split('\n').length - 1;
    const url = `new URL("${path.startsWith('.') ? path : `./${path}`}", import.meta.url)`;
    return !hasMap ? url : url.padEnd(text.length - lines) + '\n'.repeat(lines);
  });

/**
 * Vite's client, which comes with every style sheet: a process has no page to put that into, and needs no connection of its
 * own, whose messages would ask it to reload itself.
 */
const clientCode = (code: string): { code: string; map: null } => ({
  code: code
    .replace(/^transport\.connect\(/m, `if (${IN_PAGE}) $&`)
    .replace(/^function (?:updateStyle|removeStyle)\(.*\{$/gm, `$& if (!(${IN_PAGE})) return;`),
  map: null,
});
const IN_PAGE = `'document' in globalThis || globalThis.name !== 'web-multiprocessing'`;

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

/** @throws where two would be called by the same name; what is installed may have files that nobody loads. */
function checkNames(modules: ReadonlyMap<string, string>, known: ReadonlyMap<string, string>): void {
  const files = new Map<string, string>();
  for (const [file, name] of modules) {
    if (file.includes('/node_modules/') && !known.has(file)) continue;
    const other = files.get(name);
    if (other !== undefined) {
      throw new Error(
        `web-multiprocessing: ${other} and ${file} would both be known as '${name}'. Rename one of them.`,
      );
    }
    files.set(name, file);
  }
}

/** What a process loads, by name. Each for itself: what cannot be loaded there spoils only what needs it. */
function processCode(modules: ReadonlyMap<string, string>): string {
  const entries = [...modules].map(([file, name]) => `${JSON.stringify(name)}: import(${JSON.stringify(file)}),`);
  return `
import { setExecutable } from 'web-multiprocessing';
setExecutable(import.meta.url, {
${entries.join('\n')}
});
`;
}

/**
 * All modules that a build comes to: by asking for each, which it would load anyway. The page's half of the executable is
 * what waits for this, so it is passed over.
 */
async function reachedByBuild(context: Rollup.PluginContext, inputs: Iterable<string>): Promise<Set<string>> {
  const seen = new Set<string>();
  const isLoaded = (id: string): boolean => (context.getModuleInfo(id)?.code ?? null) !== null;
  const visit = async (id: string): Promise<void> => {
    if (seen.has(id) || VIRTUAL.test(id)) return;
    // What is not part of the build is never loaded: to wait for that would be to wait for ever.
    if (!isLoaded(id) && !id.startsWith('\0')) {
      const resolved = await context.resolve(id, undefined, { skipSelf: false });
      if (resolved === null || resolved.external || resolved.id !== id || seen.has(id)) return;
    }
    seen.add(id);
    await context.load({ id, resolveDependencies: true });
    const info = context.getModuleInfo(id);
    await Promise.all([...(info?.importedIds ?? []), ...(info?.dynamicallyImportedIds ?? [])].map(visit));
  };
  for (const input of inputs) {
    const resolved = await context.resolve(input, undefined, { isEntry: true });
    if (resolved && !resolved.external) await visit(resolved.id);
  }
  for (;;) {
    const more = [...context.getModuleIds()].filter((id) => isLoaded(id) && !seen.has(id) && !VIRTUAL.test(id));
    if (more.length === 0) return seen;
    await Promise.all(more.map(visit));
  }
}

/**
 * The files that pages of a development server have loaded, or can load from there: what they import lazily is looked up, until
 * all that is sought was found.
 */
async function reachedInServer(environment: DevEnvironment, sought: Iterable<string>): Promise<Set<string>> {
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
  /** The package of the root. */
  let own: ReturnType<typeof packageOf>;
  /** Installed packages that are searched, too. */
  let packages = new Map<string, string>();
  /** The directive modules: file to name. */
  let modules = new Map<string, string>();
  /** What a build begins with. */
  let inputs: readonly string[] = [];
  /** Those of the modules that processes load: no others than pages can come to. */
  let known = new Map<string, string>();

  /** The name under which a module is registered: `src/tasks`; in a package `acme/src/tasks`. */
  function nameOf(file: string): string {
    const its = packageOf(dirname(file));
    const isOwn = its === undefined || its.folder === own?.folder || its.manifest.name === undefined;
    const base = isOwn ? root : slashed(its.folder);
    const path = slashed(relative(base, file)).replace(/\.\w+$/, '');
    const name = isOwn ? config.build.lib && own?.manifest.name : its.manifest.name;
    return name ? `${name}/${path}` : path;
  }

  /** The id of a virtual module: a path in the root, so that what it imports is resolved as the app's own imports are. */
  const virtual = (name: string): string => `${config.root}/@web-multiprocessing/${name}.js`;

  function scan(): Map<string, string> {
    const skipped = [config.build.outDir, config.publicDir, config.cacheDir].map((folder) => resolve(root, folder));
    const found = new Map<string, string>();
    for (const folder of [...folders.map((name) => resolve(root, name)), ...packages.values()]) {
      if (!existsSync(folder)) throw new Error(`web-multiprocessing: there is no folder ${folder} (option "folders")`);
      for (const path of sourcesBelow(realpathSync(folder), skipped)) {
        const file = slashed(path);
        if (!found.has(file) && hasDirective(readFileSync(path, 'utf8'))) found.set(file, nameOf(file));
      }
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  const knownOf = (files: Iterable<string>): Map<string, string> => {
    const reached = new Set([...files].map((id) => realPath(id.replace(/\?.*$/s, ''))));
    return new Map([...modules].filter(([file]) => reached.has(file)));
  };

  /** The virtual modules, and the directive taken out; `registers` is false in the bundle of a worker. */
  const executable = (registers: boolean): Plugin => ({
    name: 'web-multiprocessing',
    enforce: 'pre',
    // WebKit runs the entry of a worker once more where another chunk imports it, and then there are two libraries. A strict
    // entry is a file that only imports the rest.
    options: (options) => (registers ? null : { ...options, preserveEntrySignatures: 'strict' }),
    resolveId: {
      filter: { id: [VIRTUAL, IS_LIBRARY] },
      handler(source) {
        // A package has no library of its own: there must be one in a page, and in a process.
        if (IS_LIBRARY.test(source))
          return config.command === 'build' && config.build.lib ? { id: source, external: true } : undefined;
        if (!VIRTUAL.test(source)) return undefined;
        const path = source.slice(source.indexOf('/@web-multiprocessing/'));
        return { id: config.root + path, moduleSideEffects: true };
      },
    },
    load: {
      filter: { id: VIRTUAL },
      async handler(id) {
        const name = VIRTUAL.exec(id)?.[1];
        if (name === undefined) return undefined;
        const { environment } = this;
        if (name === 'process') {
          if (environment.mode === 'dev') {
            const sought = [...modules.keys()].filter((file) => !file.includes('/node_modules/'));
            known = knownOf(await reachedInServer(environment, sought));
          }
          checkNames(modules, known);
          return processCode(known);
        }
        if (name === 'hot') return hotCode(virtual('page'));
        if (environment.mode === 'build' && registers) known = knownOf(await reachedByBuild(this, inputs));
        return pageCode(environment.mode === 'dev' ? virtual('hot') : undefined);
      },
    },
    transform: {
      filter: {
        id: [SOURCE, /\.(?:m?[jt]s|[jt]sx)\?[vt]=/],
        code: /use multiprocessing|__vite__updateStyle|function updateStyle/,
      },
      handler(code, id, options) {
        const path = id.replace(/\?.*$/s, '');
        if (!SOURCE.test(path)) return undefined;
        if (/\/vite\/dist\/client\/client\.mjs$/.test(path)) return clientCode(code);
        if (!hasDirective(code)) return undefined;
        const replaceBy = (text: string, more = '') => ({ code: replaceDirective(code, text) + more, map: null });
        // It says nothing to anybody else, and bundlers warn of it. All stays in its place: no source map is needed.
        const without = replaceBy(' '.repeat("'use multiprocessing'".length));
        // A server gives what is installed a version, and what was edited a time: it is the same module. Not so with ?raw.
        if (options?.ssr || !registers || !/^(?:\?[vt]=[\w.]*)?$/.test(id.slice(path.length))) return without;
        const file = realPath(path);
        const name = modules.get(file);
        if (name === undefined) {
          this.warn(
            `${id} begins with 'use multiprocessing', but no process knows it: it is not in ${folders.join(', ')} (option "folders")`,
          );
          return without;
        }
        if (this.environment.mode === 'dev' && !known.has(file)) {
          const { moduleGraph } = this.environment;
          for (const module of moduleGraph.getModulesByFile(virtual('process')) ?? [])
            moduleGraph.invalidateModule(module);
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
    generateBundle(_options, bundle) {
      if (!config.build.lib) return;
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = inOnePiece(file.code, Boolean(config.build.sourcemap));
      }
    },
    // Vite puts the app's own worker plugins before these.
    config(user) {
      const folder = resolve(user.root ?? '');
      packages = packagesBelow(folder);
      // The server would bundle them before, and take them for one module that is nobody's.
      const inFolders = folders.map(
        (name) => /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(slashed(name))?.[1],
      );
      const exclude = [...packages.keys(), ...inFolders.filter((name) => name !== undefined)];
      return {
        // A package does not know where it will be: its worker is beside it.
        ...(user.build?.lib && user.base === undefined ? { base: './' } : {}),
        resolve: { dedupe: [LIBRARY] },
        optimizeDeps: { exclude },
        worker: { format: 'es', plugins: () => [executable(false)] },
      };
    },
    configResolved(resolved) {
      config = resolved;
      root = slashed(realpathSync(config.root));
      own = packageOf(root);
    },
    buildStart({ input }) {
      inputs = typeof input === 'string' ? [input] : Object.values(input ?? {});
      known = modules = scan();
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
