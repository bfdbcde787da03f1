// Where modules with tasks may be: in the folders of the app, and in installed packages; and which of them pages begin with.

import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMPONENT } from './components.ts';
import { SOURCE } from './directive.ts';

export const slashed = (path: string): string => path.replaceAll('\\', '/');
export const realPath = (path: string): string => (existsSync(path) ? slashed(realpathSync(path)) : path);

/** The source files below a folder, but for dependencies and hidden folders; and what was built, unless it is a package's. */
export function* sourcesBelow(folder: string, skipped: readonly string[]): Generator<string> {
  const isPackage = slashed(folder).includes('/node_modules/');
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && (SOURCE.test(entry.name) || COMPONENT.test(entry.name))) yield path;
    if (!entry.isDirectory() || entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.name === 'dist' && !isPackage) continue;
    if (!skipped.includes(path)) yield* sourcesBelow(path, skipped);
  }
}

/** The modules that a page loads by itself: what its `<script>`s name. */
export function entriesOfPage(html: string, page: string, root: string): string[] {
  const sources = [...html.matchAll(/<script\b[^>]*\ssrc\s*=\s*(['"]?)([^'"\s>?#]+)\1/gi)].map(
    (found) => found[2] as string,
  );
  return sources.map((source) => realPath(join(source.startsWith('/') ? root : dirname(page), source)));
}

export const LIBRARY = 'web-multiprocessing';

/** Whether the library is installed for a folder: not by a link, so that a server bundles it before. */
export function hasLibrary(folder: string): boolean {
  const place = join(folder, 'node_modules', LIBRARY);
  if (existsSync(place)) return slashed(realpathSync(place)).includes('/node_modules/');
  return folder !== dirname(folder) && hasLibrary(dirname(folder));
}

interface Manifest {
  readonly name?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
  readonly peerDependencies?: object;
  readonly exports?: unknown;
  readonly module?: unknown;
  readonly main?: unknown;
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The folder of the package that a file or folder belongs to, and what the package says of itself. */
export function packageOf(path: string): { folder: string; manifest: Manifest } | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const manifest = manifestIn(folder);
    if (manifest !== undefined) return { folder, manifest };
    if (folder === dirname(folder)) return undefined;
  }
}

/** All files that a package names as its entries, whatever the condition. */
function* entriesOf(...named: unknown[]): Generator<string> {
  for (const entry of named) {
    if (typeof entry === 'string') yield entry;
    else if (typeof entry === 'object' && entry !== null) yield* entriesOf(...Object.values(entry));
  }
}

/** A package may not say what it depends on: then its entries do. */
function uses(folder: string, { exports, module, main }: Manifest): boolean {
  const entries = new Set(entriesOf(exports, module, main));
  return [...entries].some((entry) => {
    const path = join(folder, entry);
    return (
      SOURCE.test(entry) &&
      existsSync(path) &&
      /['"\x60 ](?:web-|use )multiprocessing\b/.test(readFileSync(path, 'utf8'))
    );
  });
}

/** The installed packages that have to do with this library, by name, and where they are: dependencies of dependencies, too. */
export function packagesBelow(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (name: string, from: string): void => {
    for (let base = from; ; base = dirname(base)) {
      const folder = join(base, 'node_modules', name);
      const manifest = seen.has(folder) ? {} : manifestIn(folder);
      seen.add(folder);
      if (manifest === undefined && base !== dirname(base)) continue;
      const { dependencies = {}, peerDependencies = {} } = manifest ?? {};
      const isNamed = LIBRARY in dependencies || LIBRARY in peerDependencies;
      if (name !== LIBRARY && (isNamed || (from === root && uses(folder, manifest ?? {})))) {
        found.set(name, realpathSync(folder));
      }
      for (const other of Object.keys(dependencies)) visit(other, folder);
      return;
    }
  };
  const own = packageOf(root);
  const { dependencies, devDependencies } = own?.manifest ?? {};
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) visit(name, root);
  return found;
}
