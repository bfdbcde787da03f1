// A Vite plugin for tests: most processes load a bundle, as those of an app do. From source each would ask the server for some
// eighty modules, and starting processes is most of what the tests do; and it would have all parts of the library.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { isolation } from './serve.mjs';

const ENTRIES = ['executable', 'parts/process', 'parts/none_process'].map((name) => `/test/fixtures/${name}.ts`);
const BUNDLE = '/processes/';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files of a bundle by their paths. One for each: what several have in common would be a part of all. @param {number} index */
async function bundle(index) {
  const output = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    worker: { format: 'es', rollupOptions: { external: () => true } },
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: root + ENTRIES[index].slice(1),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'entry.js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const files = /** @type {import('vite').Rolldown.RolldownOutput} */ (output).output;
  return new Map(
    files.map((file) => [`${BUNDLE}${index}/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  );
}

/** @returns {import('vite').Plugin} */
export default function processes() {
  return {
    name: 'processes',
    configureServer({ middlewares, watcher }) {
      const bundles = [];
      watcher.on('change', () => {
        bundles.length = 0;
      });
      middlewares.use(async (request, response, next) => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
        const entry = searchParams.has('worker_file') ? ENTRIES.indexOf(pathname) : -1;
        const index = entry >= 0 ? entry : Number.parseInt(pathname.slice(BUNDLE.length), 10);
        if (entry < 0 && !pathname.startsWith(BUNDLE)) return next();
        bundles[index] ??= bundle(index);
        try {
          const code = entry >= 0 ? `import '${BUNDLE}${index}/entry.js';` : (await bundles[index]).get(pathname);
          response.writeHead(code === undefined ? 404 : 200, { 'Content-Type': 'text/javascript', ...isolation });
          response.end(code);
        } catch (error) {
          bundles.length = 0;
          next(error);
        }
      });
    },
  };
}
