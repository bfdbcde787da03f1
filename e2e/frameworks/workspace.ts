// Where the apps of the large frameworks are made: each framework has a tree of its own.
//
//   .cache/frameworks/node/      a Node for those who refuse the one that runs this
//   .cache/frameworks/dependencies/   what the library's plugin needs
//   .cache/frameworks/<name>/    package.json and package-lock.json of e2e/frameworks/<name>, node_modules, and the app

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../consumers.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const sources = fileURLToPath(new URL('.', import.meta.url));
const workspace = join(repository, '.cache/frameworks');
/** These frameworks ask for a newer Node than the library and its other tests. */
const NODE = '24.21.0';

// They would tell their makers of every run.
Object.assign(process.env, {
  ASTRO_TELEMETRY_DISABLED: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  NG_CLI_ANALYTICS: 'false',
});

export const rootOf = (name: string): string => join(workspace, name);

/** Packs the library as it is now. */
export async function pack(): Promise<void> {
  mkdirSync(workspace, { recursive: true });
  for (const name of readdirSync(workspace)) if (name.endsWith('.tgz')) rmSync(join(workspace, name));
  await run(repository, 'npm', 'run', 'build');
  await run(repository, 'npm', 'pack', '--ignore-scripts', '--pack-destination', workspace);
  await installDependencies();
  await bringNode();
}

/** Installs what the library's plugin needs, once for all frameworks. */
async function installDependencies(): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const folder = join(workspace, 'dependencies');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await run(folder, 'npm', 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
}

/** Puts a Node that the frameworks take first on the path. */
async function bringNode(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) >= Number.parseInt(NODE, 10)) return;
  const folder = join(workspace, 'node');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'node_modules/node/bin'))) {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    await run(folder, 'npm', 'install', '--no-save', '--no-package-lock', `node@${NODE}`);
  }
  process.env.PATH = join(folder, 'node_modules/.bin') + delimiter + process.env.PATH;
}

/** Installs a framework, where it is missing or another than its lock file says, and the packed library. */
export async function install(name: string): Promise<void> {
  const root = rootOf(name);
  cpSync(join(sources, name), root, { recursive: true });
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, 'node_modules/.lock');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    await run(root, 'npm', 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
    writeFileSync(stamp, lock);
  }
  // By npm it would take a new look at all that the lock file says.
  const place = join(root, 'node_modules/web-multiprocessing');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  const tarball = readdirSync(workspace).find((file) => file.endsWith('.tgz'));
  await run(workspace, 'tar', '-xzf', tarball!, '-C', place, '--strip-components', '1');
  cpSync(join(workspace, 'dependencies/node_modules'), join(place, 'node_modules'), { recursive: true });
  // What the servers of before have cached.
  for (const cache of ['.cache', '.vite', '.astro'])
    rmSync(join(root, 'node_modules', cache), { recursive: true, force: true });
}

/** A port that nobody uses now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Runs a server of the framework's while it is used. In the command, and in its environment, stands the PORT. */
export async function serving(root: string, command: string, use: (url: string) => Promise<void>): Promise<void> {
  const port = await freePort();
  const server = spawn(command.replaceAll('PORT', String(port)), {
    cwd: root,
    shell: true,
    // So that all that it starts ends with it.
    detached: true,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', FORCE_COLOR: '0' },
  });
  let printed = '';
  for (const output of [server.stdout, server.stderr]) output.on('data', (text) => (printed += text));
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  const url = `http://127.0.0.1:${port}/`;
  try {
    while (!(await fetch(url).catch(() => undefined))) {
      if (server.exitCode !== null) throw new Error('it has ended');
      await new Promise((done) => setTimeout(done, 100));
    }
    await use(url);
  } catch (error) {
    throw new Error(`${command}\n${printed}`, { cause: error });
  } finally {
    if (server.exitCode === null) process.kill(-server.pid!, 'SIGKILL');
    await ended;
  }
}
