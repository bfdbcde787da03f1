// Small apps with the Vite plugin, which a test may change, and the library as they install it.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { build, createLogger, type InlineConfig, type Logger } from 'vite';
import { remove } from '../scripts/remove.mjs';
import multiprocessing, { type MultiprocessingOptions } from '../src/vite.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const packaged = join(repository, '.cache/library');
const temporary = join(tmpdir(), `web-multiprocessing-${process.pid}`);

/** Builds the library as a package: once for all tests, before them. */
export async function buildLibrary(): Promise<void> {
  const names = ['index', 'entry/page', 'entry/process'];
  const entry = Object.fromEntries(names.map((name) => [name, join(repository, `src/${name}.ts`)]));
  const lib = { entry, formats: ['es' as const] };
  const outDir = join(packaged, 'dist');
  await build({ configFile: false, logLevel: 'error', build: { lib, outDir, target: 'es2022', copyPublicDir: false } });
  cpSync(join(repository, 'package.json'), join(packaged, 'package.json'));
}

export const cleanUp = (): Promise<void> => remove(temporary);

/** A copy of an app. */
export class App {
  readonly root: string;
  readonly warnings: string[] = [];

  constructor(library: 'installed' | 'linked' = 'installed', fixture = 'fixture') {
    mkdirSync(temporary, { recursive: true });
    this.root = mkdtempSync(join(temporary, 'app-'));
    cpSync(join(repository, 'test/vite', fixture), this.root, { recursive: true });
    if (fixture === 'fixture') this.write('package.json', '{ "type": "module", "sideEffects": false }');
    const itsPlace = join(this.root, 'node_modules/web-multiprocessing');
    mkdirSync(dirname(itsPlace), { recursive: true });
    if (library === 'installed') cpSync(packaged, itsPlace, { recursive: true });
    else symlinkSync(packaged, itsPlace, 'junction');
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  replace(file: string, old: string, text: string): void {
    const before = readFileSync(join(this.root, file), 'utf8');
    expect(before).toContain(old);
    this.write(file, before.replace(old, text));
  }

  config(options: MultiprocessingOptions = {}): InlineConfig {
    const logger: Logger = createLogger('silent');
    logger.warn =
      logger.warnOnce =
      logger.error =
        (text) => {
          // That a build was slow says something of the machine alone.
          if (!text.includes('PLUGIN_TIMINGS')) this.warnings.push(text);
        };
    return {
      root: this.root,
      configFile: false,
      logLevel: 'warn',
      customLogger: logger,
      plugins: [multiprocessing(options)],
    };
  }
}
