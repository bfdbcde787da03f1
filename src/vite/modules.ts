// The modules with the directive, and the names by which processes know them.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { ResolvedConfig } from 'vite';
import { hasDirective, mayHaveInPlace, SOURCE } from './directive.ts';
import { packageOf, slashed, sourcesBelow } from './packages.ts';

/**
 * The modules in these folders, file to name: `src/tasks`; in a package `acme/src/tasks`. Notes in `others` what may have functions with
 * the directive.
 */
export function modulesIn(config: ResolvedConfig, folders: Iterable<string>, others: Set<string>): Map<string, string> {
  const root = slashed(realpathSync(config.root));
  /** The package of the root. */
  const own = packageOf(root);
  const nameOf = (file: string): string => {
    const its = packageOf(dirname(file));
    const isOwn = its === undefined || its.folder === own?.folder || its.manifest.name === undefined;
    const base = isOwn ? root : slashed(its.folder);
    const path = slashed(relative(base, file)).replace(/\.\w+$/, '');
    const name = isOwn ? config.build.lib && own?.manifest.name : its.manifest.name;
    return name ? `${name}/${path}` : path;
  };
  const skipped = [config.build.outDir, config.publicDir, config.cacheDir].map((folder) => resolve(root, folder));
  const found = new Map<string, string>();
  for (const folder of folders) {
    const place = resolve(root, folder);
    if (!existsSync(place)) throw new Error(`web-multiprocessing: there is no folder ${place} (option "folders")`);
    for (const path of sourcesBelow(realpathSync(place), skipped)) {
      const file = slashed(path);
      if (found.has(file)) continue;
      const code = readFileSync(path, 'utf8');
      if (SOURCE.test(file) && hasDirective(code)) found.set(file, nameOf(file));
      else if (mayHaveInPlace(code)) others.add(file);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws where two would be called by the same name; what is installed may have files that nobody loads. */
export function checkNames(modules: ReadonlyMap<string, string>, known: ReadonlyMap<string, string>): void {
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
