// What the plugin knows of an app: its modules with the directive, and, in a build, what of them and of the library pages and
// processes come to.

import { realpathSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import type { DevEnvironment, ResolvedConfig, Rollup } from 'vite';
import { WAITS } from './code.ts';
import { SOURCE } from './directive.ts';
import { bodyOf, type Handed, handedIn, NOTHING, unlessStuck } from './handed.ts';
import { keyOf, Places } from './in_place/places.ts';
import { checkNames, modulesIn } from './modules.ts';
import { namesInBuild } from './names.ts';
import { LIBRARY, packagesBelow, realPath, slashed } from './packages.ts';
import { messagePartsOf } from './parts.ts';
import { reachedByBuild, reachedInServer } from './reach.ts';
import { ANY } from './tree.ts';

export class App {
  config!: ResolvedConfig;
  /** Vite's root, as the file system knows it. */
  root = '';
  /** The directive modules: file to name. */
  modules = new Map<string, string>();
  /** Other files that may have functions with the directive. */
  readonly others = new Set<string>();
  /** Those of the modules that processes load: no others than pages can come to. */
  known = new Map<string, string>();
  /** Those that processes load when something of them is needed. */
  late = new Set<string>();
  /** The pages have names alone of some modules. */
  hasNames = false;
  /** The public names of the library that the app uses. */
  names = new Set<string>();
  /** The functions that are written in place. */
  places = new Places();
  readonly #folders: readonly string[];
  /** Installed packages that are searched, too. */
  #packages = new Map<string, string>();
  /** What a build begins with. */
  #inputs: readonly string[] = [];
  /** The modules of the page in a build. */
  #reached: ReadonlySet<string> = new Set();
  /** The names of the library that pages use, once all that they come to is loaded. */
  #pages: Promise<ReadonlySet<string>> | undefined;
  /** The modules of which the page has names alone. */
  #handed: Promise<Handed> | undefined;

  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /** The installed packages below a folder that depend on the library, by name; they are searched from now on. */
  findPackages(folder: string): Map<string, string> {
    this.#packages = packagesBelow(folder);
    return this.#packages;
  }

  /** There are some. */
  get hasPackages(): boolean {
    return this.#packages.size > 0;
  }

  resolved(config: ResolvedConfig): void {
    this.config = config;
    this.root = slashed(realpathSync(config.root));
  }

  /** A build begins, or a server. */
  begin(input: Rollup.NormalizedInputOptions['input'] | undefined): void {
    this.#inputs = Object.values(input ?? {});
    this.known = this.modules = this.#scan();
    this.names = new Set([ANY]);
    this.late = new Set();
    this.places = new Places();
    this.hasNames = false;
    this.#handed = undefined;
    this.#pages = undefined;
  }

  /** Looks for the directive modules again; answers whether they are others than before. */
  scanAgain(): boolean {
    const before = this.modules;
    this.modules = this.#scan();
    return [...this.modules.keys()].join() !== [...before.keys()].join();
  }

  #scan(): Map<string, string> {
    this.others.clear();
    return modulesIn(this.config, [...this.#folders, ...this.#packages.values()], this.others);
  }

  /** What processes load, file to name, and what of that they load when it is needed. */
  executable(): [modules: ReadonlyMap<string, string>, late: ReadonlySet<string>] {
    const places = this.places.all();
    const late = places.filter(({ isLate }) => isLate).map(({ id }) => id);
    return [
      new Map([...this.known, ...places.map(({ id, name }) => [id, name] as const)]),
      new Set([...this.late, ...late]),
    ];
  }

  /** The modules of what is written in place in a module. */
  readonly placesIn = (id: string): string[] => this.places.in(keyOf(id, this.root)).map((it) => it.id);

  /** The id of a virtual module: a path in the root, so that what it imports is resolved as the app's own imports are. */
  virtual(name: string): string {
    return `${this.config.root}/@web-multiprocessing/${name}.js`;
  }

  #knownOf(files: Iterable<string>): Map<string, string> {
    const reached = new Set([...files].map((id) => realPath(id.replace(/\?.*$/s, ''))));
    return new Map([...this.modules].filter(([file]) => reached.has(file)));
  }

  checkNames(): void {
    checkNames(this.modules, this.known);
  }

  /** What the page gets of the modules with the directive. Nobody knows what is done with the exports of a package. */
  handed(context: Rollup.PluginContext): Promise<Handed> {
    // A module of the page that has the directive waits until it is known what the page gets of it.
    const isOurs = (id: string): boolean => SOURCE.test(id) && this.modules.has(realPath(id));
    this.#handed ??= this.config.build.lib
      ? Promise.resolve(NOTHING)
      : unlessStuck(context, handedIn(context, this.#inputs, WAITS, isOurs, this.placesIn));
    return this.#handed;
  }

  watchAll(context: Rollup.PluginContext, ids: Iterable<string>): void {
    for (const id of ids) if (isAbsolute(id) && !/\/node_modules\/|\?/.test(id)) context.addWatchFile(id);
  }

  /** What these modules of a build use of the library. Nobody knows what is used of a package. */
  async #namesOf(context: Rollup.PluginContext, ids: Iterable<string>): Promise<Set<string>> {
    if (this.config.build.lib) return new Set([ANY]);
    return namesInBuild(context, ids, (await context.resolve(LIBRARY, this.virtual('page')))?.id);
  }

  /** All that the pages of a build come to. Answers which names of the library they use. */
  reachPages(context: Rollup.PluginContext): Promise<ReadonlySet<string>> {
    this.#pages ??= this.#reachPages(context);
    return this.#pages;
  }

  async #reachPages(context: Rollup.PluginContext): Promise<ReadonlySet<string>> {
    const { functions, late } = await this.handed(context);
    const named = (id: string): string | undefined => (functions.has(id) ? bodyOf(id) : undefined);
    this.#reached = (await reachedByBuild(context, this.#inputs, WAITS, this.placesIn, named)).seen;
    this.late = new Set([...late].map(realPath));
    this.known = this.#knownOf(this.#reached);
    this.hasNames = functions.size > 0;
    const names = await this.#namesOf(context, this.#reached);
    this.names = new Set(names);
    return names;
  }

  /**
   * What processes of a build come to: plugins for them may bring modules that no page has. Answers which names of the library their own
   * modules use.
   */
  async reachProcesses(context: Rollup.PluginContext, script: string): Promise<ReadonlySet<string>> {
    const { seen } = await reachedByBuild(context, [this.virtual(script)], WAITS, this.placesIn);
    const names = await this.#namesOf(context, seen);
    for (const used of names) this.names.add(used);
    // Where the page is built again (`--watch`), a process may be another.
    this.watchAll(context, this.#reached);
    return names;
  }

  /** What works by message, and is needed in pages, or in the processes of that script. */
  async messageParts(context: Rollup.PluginContext, script: string | undefined): Promise<ReadonlySet<string>> {
    const own = await (script === undefined ? this.reachPages(context) : this.reachProcesses(context, script));
    return messagePartsOf(this.names, own);
  }

  /** Whether a module that pages of a build come to has such a name. What the library says of its own does not count. */
  async isNamed(context: Rollup.PluginContext, names: RegExp): Promise<boolean> {
    await this.reachPages(context);
    const library = dirname((await context.resolve(LIBRARY, this.virtual('page')))?.id ?? '/');
    return [...this.#reached].some(
      (id) => !id.startsWith(`${library}/`) && names.test(context.getModuleInfo(id)?.code ?? ''),
    );
  }

  /** What pages of a server come to. */
  async reachServed(environment: DevEnvironment): Promise<void> {
    const sought = [...this.modules.keys(), ...this.others].filter((file) => !file.includes('/node_modules/'));
    this.known = this.#knownOf(await reachedInServer(environment, sought));
  }
}
