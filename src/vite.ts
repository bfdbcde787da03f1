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

import { dirname, relative, resolve } from 'node:path';
import type { Connect, Plugin, Rollup } from 'vite';
import { App } from './vite/app.ts';
import {
  clientCode,
  hotCode,
  IS_LIBRARY,
  inOnePiece,
  inPlaceCode,
  mayMake,
  namesCode,
  pageCode,
  partsCode,
  processCode,
  REACT_REFRESH,
  refreshCode,
  VIRTUAL,
} from './vite/code.ts';
import { componentIn, components, unread } from './vite/components.ts';
import { begin, hasDirective, isMisplaced, replaceDirective, SOURCE } from './vite/directive.ts';
import { inPlace } from './vite/in_place/plugin.ts';
import { headersOf, leaveHelper } from './vite/isolation.ts';
import { entriesOfPage, hasLibrary, LIBRARY, realPath, slashed } from './vite/packages.ts';
import { kindsOf, partsOf } from './vite/parts.ts';
import { unnamedIn } from './vite/unnamed.ts';
import { answered, INSTALL, reduced, scriptOf, type Way, waysOf } from './vite/way.ts';

/** The options of the plugin. */
export interface MultiprocessingOptions {
  /**
   * The folders that are searched for modules with the directive, relative to Vite's root. Default: the whole root. Installed
   * packages that depend on this library are searched, too.
   */
  readonly folders?: readonly string[];
  /**
   * By which headers dev and preview servers isolate pages, which have no shared memory without. `'require-corp'` and
   * `'credentialless'`: that `Cross-Origin-Embedder-Policy`, beside `Cross-Origin-Opener-Policy: same-origin`. `'document'`:
   * `Document-Isolation-Policy: isolate-and-credentialless` in their place, with which frames, popups and images of other
   * origins go on working; Chrome and Edge know it, Firefox and Safari do not. `false`: none, and a build has only what works by message,
   * as for an app that is never isolated. Default: `'require-corp'`.
   */
  readonly isolation?: 'require-corp' | 'credentialless' | 'document' | false;
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
}: MultiprocessingOptions = {}): Plugin[] {
  const app = new App(folders);
  const virtual = (name: string): string => app.virtual(name);
  /** What pages load first. */
  const entries = new Set<string>();
  /** The app has plugins for what processes load. */
  let readsComponents = false;

  const ways = (): readonly Way[] =>
    waysOf(app.config.command === 'build' && !app.config.build.lib, isolation === false);
  const wayOf = (script: string | undefined): Way =>
    ways().find((way) => scriptOf(way) === script) ?? (ways()[0] === 'message' ? 'message' : 'either');

  /** The virtual modules, and the directive taken out; `registers` is false in the bundle of a worker. */
  const executable = (registers: boolean): Plugin => {
    let way: Way = 'either';
    /** It is the executable's, not that of a package. */
    let isOwn = registers;

    /** What works by message and is needed; all of it where that is not known. */
    async function installing(context: Rollup.PluginContext, code: string): Promise<string | undefined> {
      if (!(registers ? ways().includes('message') : way === 'message')) return undefined;
      // What plugins for processes bring is known when the page is through; what those of a package ask for, which may be built, nowhere.
      if (registers && (readsComponents || app.hasPackages)) return undefined;
      // In Vite 6 and 7, who looks for what imports this waits for it, and would be waited for.
      if (!('rolldownVersion' in context.meta)) return undefined;
      return reduced(code, await app.messageParts(context, registers ? undefined : scriptOf(way)));
    }

    /** Without what no module of the page names; `undefined`: as it was. */
    async function lessened(context: Rollup.PluginContext, code: string, path: string): Promise<string | undefined> {
      const unnamed = unnamedIn(path);
      const { command, build } = app.config;
      // In Vite 6 and 7 as above; of a package nobody knows who uses it.
      if (!registers || command !== 'build' || build.lib || !('rolldownVersion' in context.meta)) return undefined;
      return unnamed === undefined || (await app.isNamed(context, unnamed.names)) ? undefined : unnamed.without(code);
    }

    return {
      name: 'web-multiprocessing',
      enforce: 'pre',
      // WebKit runs the entry of a worker once more where another chunk imports it, and then there are two libraries. A strict
      // entry is a file that only imports the rest.
      options(options) {
        const { input } = options;
        const script = typeof input === 'string' ? VIRTUAL.exec(input)?.[1] : undefined;
        way = wayOf(script);
        isOwn = registers || script !== undefined;
        return registers ? null : { ...options, preserveEntrySignatures: 'strict' };
      },
      // Vite 8 leaves comments for bundlers out of what pages load, but not out of what workers do.
      outputOptions(output) {
        const { minify, lib } = app.config.build;
        if (registers || !minify || lib || !('rolldownVersion' in this.meta)) return null;
        return { comments: { annotation: false, jsdoc: false }, ...output };
      },
      resolveId: {
        filter: { id: [VIRTUAL, IS_LIBRARY] },
        handler(source) {
          // A package has no library of its own: there must be one in a page, and in a process.
          if (IS_LIBRARY.test(source))
            return app.config.command === 'build' && app.config.build.lib ? { id: source, external: true } : undefined;
          if (!VIRTUAL.test(source)) return undefined;
          const path = source.slice(source.indexOf('/@web-multiprocessing/'));
          return { id: app.config.root + path, moduleSideEffects: true };
        },
      },
      load: {
        filter: { id: VIRTUAL },
        async handler(id) {
          const name = VIRTUAL.exec(id)?.[1];
          if (name === undefined) return undefined;
          const { environment } = this;
          if (name === 'process' || name === 'process-message') {
            if (environment.mode === 'dev') await app.reachServed(environment);
            app.checkNames();
            return processCode(...app.executable(), virtual('parts'));
          }
          if (name === 'hot') return hotCode(virtual('page'));
          if (name === 'in-place') return inPlaceCode(registers ? virtual('page') : undefined);
          if (name === 'kinds') return partsCode('page', kindsOf(app.names));
          if (name === 'parts') {
            // Not in `process`, before which nobody has asked for what that comes to: a module has side effects if whoever asks first does
            // not say that it has none.
            if (environment.mode === 'build') await app.reachProcesses(this, scriptOf(way));
            return partsCode('process', partsOf(app.names));
          }
          if (environment.mode === 'build' && registers) await app.reachPages(this);
          const hot = environment.mode === 'dev' ? virtual('hot') : undefined;
          return pageCode(virtual('kinds'), hot, app.hasNames, ways());
        },
      },
      transform: {
        filter: {
          id: [SOURCE, /\.(?:m?[jt]s|[jt]sx)\?(?:[vt]=|web-multiprocessing-body$)/, REACT_REFRESH],
          code: /use multiprocessing|__registerBeforePerformReactRefresh|__vite__updateStyle|function updateStyle|web-multiprocessing['"]|WEB_MULTIPROCESSING_ISOLATED|\bsetByMessage\b|\/install_by_message\.|\/serving\.|\bstreamOf\b/,
        },
        async handler(code, id, options) {
          const path = id.replace(/\?.*$/s, '');
          if (REACT_REFRESH.test(path)) return refreshCode(code);
          if (!SOURCE.test(path)) return undefined;
          if (!options?.ssr) {
            const known =
              isOwn && INSTALL.test(path)
                ? await installing(this, code)
                : ((await lessened(this, code, path)) ?? answered(code, way));
            if (known !== undefined) return { code: known, map: null };
          }
          if (/\/vite\/dist\/client\/client\.mjs$/.test(path)) return clientCode(code);
          const isApp = this.environment.mode === 'dev' && registers && !options?.ssr && mayMake(path, code);
          // First in the body, which nothing that it imports belongs to.
          const enter = isApp ? `__mpEnter(${JSON.stringify(path)});` : '';
          const more = isApp ? `\nimport { enter as __mpEnter } from ${JSON.stringify(virtual('page'))};\n` : '';
          const isClient = registers && !options?.ssr;
          if (isClient && isMisplaced(code)) {
            this.warn(
              `${id}: 'use multiprocessing' stands after an import or another statement, where it means nothing, and no process knows this module. Make it the first line`,
            );
          }
          if (!hasDirective(code)) return isApp ? { code: begin(code, enter) + more, map: null } : undefined;
          const replaceBy = (text: string, imports = '') => ({
            code: replaceDirective(code, enter + text) + more + imports,
            map: null,
            // To import it alone, by `import './tasks'`, is to register it, whatever the package says of side effects; and one that only
            // hands on what is another's, by `export * from`, would be left out.
            moduleSideEffects: true,
          });
          // It says nothing to anybody else, and bundlers warn of it. All stays in its place: no source map is needed.
          const without = replaceBy(' '.repeat("'use multiprocessing'".length));
          // A server gives what is installed a version, and what was edited a time: it is the same module. Not so with ?raw.
          if (!/^(?:[?&][vt]=[\w.]*)*$/.test(id.slice(path.length))) return without;
          const file = realPath(path);
          const name = app.modules.get(file);
          if (!registers && app.late.has(file)) {
            // Another may bring it, which then has its functions.
            return replaceBy(
              `globalThis[Symbol.for('web-multiprocessing.register')]?.({ ${JSON.stringify(name)}: __mpModule });`,
              `\nimport * as __mpModule from ${JSON.stringify(id)};\n`,
            );
          }
          if (!isClient) return without;
          if (name === undefined) {
            const its = slashed(relative(app.root, dirname(file))) || '.';
            const named = [...folders, its].map((folder) => `'${folder}'`).join(', ');
            this.warn(
              `${id} begins with 'use multiprocessing', but no process knows it: it is not in ${folders.join(', ')}, or below a folder that is passed over there, as dist is. Name its folder: multiprocessing({ folders: [${named}] })`,
            );
            return without;
          }
          if (entries.has(file) && !/\bfreezeSupport\b/.test(code)) {
            this.warn(
              `${id} begins with 'use multiprocessing', and is what the page loads first: each process runs it, too. Move what is for processes to a module of its own, or guard what is for the page with: if (!freezeSupport()) { ... }`,
            );
          }
          const component = readsComponents ? undefined : componentIn(code);
          if (component !== undefined && this.environment.mode === 'dev') this.warn(unread(component));
          app.checkNames();
          if (this.environment.mode === 'dev' && !app.known.has(file)) {
            const { moduleGraph } = this.environment;
            for (const module of moduleGraph.getModulesByFile(virtual('process')) ?? [])
              moduleGraph.invalidateModule(module);
          }
          // Vite waits for what the page loads first while it loads the page, and so this must not wait for that.
          if (this.environment.mode === 'build' && !entries.has(file)) {
            const { functions, seen } = await app.handed(this);
            app.watchAll(this, seen);
            const its = functions.get(id);
            if (its !== undefined) {
              return { code: namesCode(name, its, virtual('page')), map: { mappings: '' }, moduleSideEffects: true };
            }
          }
          // First in the body, as the module itself may start processes. What it exports is read later.
          return replaceBy(
            `__mpRegister(${JSON.stringify(name)}, __mpModule);`,
            `\nimport { register as __mpRegister } from ${JSON.stringify(virtual('page'))};` +
              `\nimport * as __mpModule from ${JSON.stringify(id)};\n`,
          );
        },
      },
    };
  };

  const isolate: Connect.NextHandleFunction = (_request, response, next) => {
    for (const [name, value] of headersOf(isolation)) response.setHeader(name, value);
    next();
  };

  const main: Plugin = {
    ...executable(true),
    transformIndexHtml: {
      order: 'pre',
      handler(html, { filename }) {
        for (const file of entriesOfPage(html, filename, app.root)) entries.add(file);
        return leaveHelper(html);
      },
    },
    generateBundle(_options, bundle) {
      if (!app.config.build.lib) return;
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = inOnePiece(file.code, Boolean(app.config.build.sourcemap));
      }
    },
    // Vite puts the app's own worker plugins before these.
    config(user) {
      const folder = resolve(user.root ?? '');
      readsComponents = user.worker?.plugins !== undefined;
      const packages = app.findPackages(folder);
      // The server would bundle them before, and take them for one module that is nobody's.
      const inFolders = folders.map(
        (name) => /node_modules\/((?:@[^/]+\/)?[^/]+)(?!.*node_modules)/.exec(slashed(name))?.[1],
      );
      const exclude = [...packages.keys(), ...inFolders.filter((name) => name !== undefined)];
      const entries = ['', '/page', '/process'].map((entry) => LIBRARY + entry);
      const include = user.optimizeDeps?.exclude?.includes(LIBRARY) || !hasLibrary(folder) ? [] : entries;
      return {
        // A package does not know where it will be: its worker is beside it.
        ...(user.build?.lib && user.base === undefined ? { base: './' } : {}),
        resolve: { dedupe: [LIBRARY] },
        // Together, or the server would come upon those that no module of the app names late, and reload the page.
        optimizeDeps: { exclude, include },
        worker: { format: 'es', plugins: () => [executable(false), ...inPlace(app, false), components()] },
      };
    },
    configResolved: (config) => app.resolved(config),
    buildStart({ input }) {
      // A server's build of the same app begins with something else.
      if (this.environment.config.consumer === 'client') app.begin(typeof input === 'string' ? [input] : input);
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
      if (has !== app.modules.has(file) && app.scanAgain()) hot.send({ type: 'full-reload' });
      return undefined;
    },
  };
  return [main, ...inPlace(app, true)];
}
