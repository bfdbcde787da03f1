// A Vite plugin for tests: the processes of test/fixtures/executable.ts load a bundle, as those of an app do. From source
// each would ask the server for some eighty modules, and starting processes is most of what the tests do.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { isolation } from './serve.mjs';

const EXECUTABLE = '/test/fixtures/executable.ts';
const BUNDLE = '/processes/';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files of the bundle by their names. */
async function bundle() {
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
        input: root + EXECUTABLE.slice(1),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'executable.js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const files = /** @type {import('vite').Rolldown.RolldownOutput} */ (output).output;
  return new Map(files.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]));
}

/** @returns {import('vite').Plugin} */
export default function processes() {
  return {
    name: 'processes',
    configureServer({ middlewares, watcher }) {
      let files;
      watcher.on('change', () => {
        files = undefined;
      });
      middlewares.use(async (request, response, next) => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
        const isEntry = pathname === EXECUTABLE && searchParams.has('worker_file');
        if (!isEntry && !pathname.startsWith(BUNDLE)) return next();
        files ??= bundle();
        try {
          const code = isEntry ? `import '${BUNDLE}executable.js';` : (await files).get(pathname.slice(BUNDLE.length));
          response.writeHead(code === undefined ? 404 : 200, { 'Content-Type': 'text/javascript', ...isolation });
          response.end(code);
        } catch (error) {
          files = undefined;
          next(error);
        }
      });
    },
  };
}
