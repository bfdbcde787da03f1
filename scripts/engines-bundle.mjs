// Builds the page of the tests and the executable of their processes once, as an app is built, and serves them from memory.

import { createServer } from 'node:http';
import { SourceMap } from 'node:module';
import { build } from 'vite';
import { explored } from './instrument.mjs';
import { isolation } from './serve.mjs';
import { inMemory, placed, root, shared } from './vite.mjs';

const FILES = 'virtual:test-files';

const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', json: 'application/json' };

/** The package says of all its files that they have no side effects; tests have little else. */
const effects = {
  name: 'test-effects',
  transform: (code, id) => (id.startsWith(`${root}test/`) ? { code, map: null, moduleSideEffects: true } : undefined),
};

/**
 * Starting workers is most of what the tests do, and what a start costs is the size of its code, and in Chromium the number of its
 * files. Names stay, as tests see them; a stack is shown by the source maps.
 */
const keepNames = { function: true, class: true };
const small = { minify: { compress: { keepNames }, mangle: { keepNames: true }, codegen: true } };

/** What a process loads at its start is one chunk: 25 take half as long again. What it loads later is cut as that of any app. */
function oneAtStart() {
  const atStart = new Set();
  return {
    name: 'one-chunk-at-start',
    buildEnd() {
      const add = (id) => {
        if (atStart.has(id)) return;
        atStart.add(id);
        this.getModuleInfo(id)?.importedIds.forEach(add);
      };
      for (const id of this.getModuleIds()) if (this.getModuleInfo(id)?.isEntry) add(id);
    },
    outputOptions: (options) => ({
      ...options,
      codeSplitting: { groups: [{ debugName: 'start', name: (id) => (atStart.has(id) ? 'start' : null) }] },
    }),
  };
}

const strictEntry = { name: 'strict-entry', options: (options) => ({ ...options, preserveEntrySignatures: 'strict' }) };

/** The module from which the page loads the test files: those that this run has a use for. */
const chosen = (files) => ({
  name: 'test-files',
  resolveId: (id) => (id === FILES ? `\0${FILES}` : undefined),
  load: (id) =>
    id === `\0${FILES}`
      ? `export default { ${files.map((file) => `'${file}': () => import('/${file}')`).join(', ')} };`
      : undefined,
});

/**
 * What is served, by path. Chunks are cut as Vite cuts those of any app: an own way of cutting has hidden faults.
 */
export async function bundle(files) {
  const inPlace = await placed();
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (
    await build({
      ...inMemory,
      worker: {
        ...shared.worker,
        plugins: () => [effects, strictEntry, oneAtStart(), ...inPlace.processes()],
        rolldownOptions: { output: small, checks: { ineffectiveDynamicImport: false } },
      },
      resolve: { alias: [...shared.resolve.alias, { find: /^vitest$/, replacement: `${root}test/engines/vitest.ts` }] },
      plugins: [chosen(files), explored(), effects, ...inPlace.page],
      build: {
        ...inMemory.build,
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
        rolldownOptions: { input: `${root}test/engines/page.html`, checks: { pluginTimings: false } },
      },
    })
  );
  return new Map(output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]));
}

/** A line of a stack as the source has it. */
export function inSource(line, files) {
  const match = /https?:\/\/[^/]+(\/[^?:\s]+):(\d+):(\d+)/.exec(line);
  const map = match && files.get(`${match[1]}.map`);
  if (!match || !map) return line.trim();
  const found = new SourceMap(JSON.parse(String(map))).findEntry(+match[2] - 1, +match[3] - 1);
  if (!('originalSource' in found)) return line.trim();
  const source = found.originalSource.replace(/^(\.\.\/)+/, '');
  return line.trim().replace(match[0], `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`);
}

/** Serves the files; other paths go to `answer`, which says whether it took the request. */
export async function serveBundle(files, answer, isIsolated = true) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    if (isIsolated) for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    // For the worker of a test that has an origin of its own.
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (await answer(request, response)) return;
    const file = files.get(pathname);
    if (file === undefined) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found');
      return;
    }
    response.writeHead(200, {
      'Content-Type': types[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'Cache-Control': pathname.endsWith('.html') ? 'no-cache' : 'max-age=31536000, immutable',
    });
    response.end(file);
  });
  // A connection that is closed for its idleness while the browser uses it again is an error of the network to some of them.
  server.keepAliveTimeout = 0;
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://localhost:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
