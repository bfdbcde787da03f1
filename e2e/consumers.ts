// The workspace of the consumers: apps outside of this project, with the packed library installed.
//
//   .cache/consumers/                package.json, package-lock.json, node_modules, as in e2e/consumers
//   .cache/consumers/apps/<name>/    package.json, the app of e2e/consumers, and a recipe of docs/bundlers.md

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { createServer } from 'vite';

const repository = fileURLToPath(new URL('..', import.meta.url));
const sources = join(repository, 'e2e/consumers');
export const workspace = join(repository, '.cache/consumers');

/** Runs a command, and answers what it printed. A failure tells that, too. */
export async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const options = {
    cwd,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    shell: process.platform === 'win32',
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, options);
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

// ------------------------------------------------------------------------------------------------ what is installed

/** Installs the bundlers, where they are missing or others than the lock file says, and the library as it is now. */
export async function install(): Promise<void> {
  mkdirSync(workspace, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'apps']) {
    cpSync(join(sources, name), join(workspace, name), { recursive: true });
  }
  const lock = readFileSync(join(sources, 'package-lock.json'), 'utf8');
  const stamp = join(workspace, 'node_modules/.lock');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    await run(workspace, 'npm', 'ci', '--ignore-scripts', '--prefer-offline');
    writeFileSync(stamp, lock);
  }
  await run(repository, 'npm', 'run', 'build');
  await run(repository, 'npm', 'pack', '--ignore-scripts', '--pack-destination', workspace);
  const tarball = readdirSync(workspace).filter((name) => name.endsWith('.tgz'));
  await run(
    workspace,
    'npm',
    'install',
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--prefer-offline',
    `./${tarball[0]}`,
  );
  for (const name of tarball) rmSync(join(workspace, name));
}

/** Builds the package of test/vite by the plugin and the library that are installed, and installs it. */
export async function installPackage(name: string): Promise<void> {
  const root = join(workspace, 'packages', name);
  cpSync(join(repository, 'test/vite', name), root, { recursive: true });
  const config = `import multiprocessing from 'web-multiprocessing/vite';
    export default {
      plugins: [multiprocessing()],
      build: { lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' } },
    };`;
  writeFileSync(join(root, 'vite.config.js'), config);
  await run(root, 'npx', 'vite', 'build');
  const place = join(workspace, 'node_modules', name);
  for (const part of ['package.json', 'dist']) cpSync(join(root, part), join(place, part), { recursive: true });
  writeFileSync(join(place, 'dist/index.d.ts'), 'export declare function squares(xs: number[]): Promise<number[]>;');
}

// ------------------------------------------------------------------------------------------------ recipes

const RECIPES = 'docs/bundlers.md';

/** The chapter with that heading, up to the next one of any level. */
export function chapter(heading: string, document = RECIPES): string {
  const chapters = readFileSync(join(repository, document), 'utf8').split(/^###? /m);
  const found = chapters.find((text) => text.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`${document} has no chapter "${heading}"`);
  return found;
}

/** The files that a chapter shows: each begins with a comment that is its path. */
export function* filesIn(document: string, heading: string): Generator<readonly [path: string, text: string]> {
  const block = /^```\w+\n(?:\/\/|<!--|#) ([\w.+/-]+)(?: -->)?\n(.*?)^```$/gms;
  for (const [, path, text] of chapter(heading, document).matchAll(block)) yield [path!, text!];
}

/** An app of nothing but these files, beside what is installed in its folder. */
export function writeApp(root: string, files: Iterable<readonly [path: string, text: string]>): void {
  for (const entry of readdirSync(root)) {
    if (!['node_modules', 'package.json'].includes(entry)) rmSync(join(root, entry), { recursive: true, force: true });
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** As a browser loads it: without types, and everything by URL. */
function plain(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  return ts
    .transpileModule(source, { compilerOptions })
    .outputText.replaceAll(/'(\.\/\w+)(?:\.ts)?'/g, "'$1.js'")
    .replaceAll("'web-multiprocessing'", "'./node_modules/web-multiprocessing/dist/index.js'")
    .replaceAll("'web-multiprocessing/inspect'", "'./node_modules/web-multiprocessing/dist/inspect.js'")
    .replaceAll(/'web-multiprocessing\/(page|process)'/g, "'./node_modules/web-multiprocessing/dist/entry/$1.js'");
}

/** Serves an app of the workspace as in development while it is used. */
export async function develop(root: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = await createServer({ root, logLevel: 'error', server: { host: '127.0.0.1', port: 0 } });
  await server.listen();
  try {
    await use(`http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}/`);
  } finally {
    await server.close();
  }
}

/** An app of the workspace, made anew: only what is installed in it stays. */
export class App {
  readonly root: string;
  readonly #name: string;

  constructor(name: string, ...recipe: string[]) {
    this.#name = name;
    this.root = join(workspace, 'apps', name);
    mkdirSync(this.root, { recursive: true });
    for (const entry of readdirSync(this.root)) {
      if (!['node_modules', 'package.json'].includes(entry)) this.#remove(entry);
    }
    for (const cache of ['node_modules/.vite', 'node_modules/.vite-temp']) this.#remove(cache);
    rmSync(join(workspace, '.parcel-cache'), { recursive: true, force: true });
    this.add('app');
    for (const [path, text] of recipe.flatMap((heading) => [...filesIn(RECIPES, heading)])) this.write(path, text);
    // The page's own example is smaller than what there is to test.
    this.add('app/src', 'src');
  }

  /** Copies a folder of e2e/consumers into it. */
  add(folder: string, to = '.'): void {
    cpSync(join(sources, folder), join(this.root, to), { recursive: true });
  }

  #remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  edit(path: string, change: (text: string) => string): void {
    this.write(path, change(readFileSync(join(this.root, path), 'utf8')));
  }

  /** For Vite's plugin: it writes the executable, and looks for the directive. */
  useDirective(): void {
    for (const entry of ['src/main.ts', 'src/server.ts']) {
      this.edit(entry, (text) => text.replace("import './executable';\n", ''));
    }
    this.edit('src/tasks.ts', (text) => `'use multiprocessing';\n${text}`);
    // One of its functions is written in place, and captures a variable.
    const inPlace = `const exponent = 2;
  const squares = await pool.map((x: number) => {
    'use multiprocessing';
    return x ** exponent;
  }, [1, 2, 3]);`;
    this.edit('src/app.ts', (text) => text.replace('const squares = await pool.map(square, [1, 2, 3]);', inPlace));
  }

  /** Uses a package that brings tasks of its own, built as docs/packages.md says. */
  usePackage(name: string): void {
    this.edit('src/app.ts', (text) =>
      `import { squares as theirs } from '${name}';\n${text}`.replace(
        'return { process',
        'return { theirs: await theirs([1, 2, 3]), process',
      ),
    );
  }

  /** Without a bundler: JavaScript beside the page, and the library copied to where the page says. */
  unbundle(): void {
    for (const name of readdirSync(join(this.root, 'src'))) {
      this.write(name.replace(/ts$/, 'js'), plain(readFileSync(join(this.root, 'src', name), 'utf8')));
    }
    const library = 'node_modules/web-multiprocessing';
    this.#remove(library);
    cpSync(join(workspace, library), join(this.root, library), { recursive: true });
  }

  /** The command by which it is built, from its package.json. */
  command(script = 'build'): string {
    return JSON.parse(readFileSync(join(sources, 'apps', this.#name, 'package.json'), 'utf8')).scripts[script];
  }

  build(script = 'build'): Promise<string> {
    return run(this.root, 'npm', 'run', script);
  }
}
