// A Vite plugin for tests: the processes of test/fixtures/executable.ts load a bundle, as those of an app do. From source
// each would ask the server for some eighty modules, and starting processes is most of what the tests do.

import { isolation } from './serve.mjs';
import { bundle, root } from './vite.mjs';

const EXECUTABLE = '/test/fixtures/executable.ts';
const BUNDLE = '/processes/';

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
        files ??= bundle({ executable: root + EXECUTABLE.slice(1) });
        try {
          const code = isEntry
            ? `import '${BUNDLE}executable.js';`
            : (await files).get(pathname.slice(BUNDLE.length))?.code;
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
