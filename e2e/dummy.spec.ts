// web-multiprocessing/dummy passes the contract's cases in Node, where there is neither a page nor a worker.

import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build, type Plugin } from 'vite';
import { inMemory, root } from '../scripts/vite.mjs';
import { run } from './consumers.ts';

const folder = join(root, '.cache/dummy');

/** What imports the library has the dummy. */
const alias: Plugin = {
  name: 'dummy',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    const found = await this.resolve(source, importer, { ...options, skipSelf: true });
    const isRoot = found?.id === `${root}src/index.ts` && !importer?.startsWith(`${root}src/`);
    return isRoot ? `${root}src/dummy.ts` : found;
  },
};

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  await build({
    ...inMemory,
    plugins: [alias],
    ssr: { noExternal: true },
    build: { ...inMemory.build, write: true, outDir: folder, ssr: join(root, 'test/dummy/run.ts') },
  });
});

for (const area of [
  'process',
  'queue',
  'queue end',
  'joinable queue',
  'simple queue',
  'lock',
  'rlock',
  'semaphore',
  'condition',
  'event',
  'barrier',
  'connection',
  'wait',
  'pool',
  'pool calls',
  'managed',
  'managed pool',
  'manager',
  'manager sync',
  'manager types',
  'manager remote',
  'listener',
  'listener, auth',
]) {
  test(area, async () => {
    const told = await run(root, process.execPath, join(folder, 'run.js'), area);
    const { passed, failed } = JSON.parse(told.split('\n').find((line) => line.startsWith('{"passed"')) as string);
    expect(failed).toEqual({});
    expect(passed).toBeGreaterThan(0);
  });
}
