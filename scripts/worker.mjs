// A Vite plugin for tests: most processes load a bundle, as those of an app do. From source each would ask the server for some
// eighty modules, and starting processes is most of what the tests do; and it would have all parts of the library.

import { isolation } from './serve.mjs';
import { bundle, placed, root } from './vite.mjs';

const ENTRIES = ['executable', 'parts/process', 'parts/none_process'].map((name) => `/test/fixtures/${name}.ts`);
const BUNDLE = '/processes/';

/** @returns {Promise<import('vite').Plugin[]>} */
export default async function processes() {
  const inPlace = await placed();
  /** @type {import('vite').Plugin} */
  const served = {
    name: 'processes',
    configureServer({ middlewares, watcher }) {
      // One for each entry: what several have in common would be a part of all.
      const bundles = [];
      watcher.on('change', () => {
        bundles.length = 0;
      });
      middlewares.use(async (request, response, next) => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
        const entry = searchParams.has('worker_file') ? ENTRIES.indexOf(pathname) : -1;
        if (entry < 0 && !pathname.startsWith(BUNDLE)) return next();
        const [index, name] = entry >= 0 ? [entry] : pathname.slice(BUNDLE.length).split('/');
        bundles[index] ??= bundle({ entry: root + ENTRIES[index].slice(1) }, {}, inPlace.processes());
        try {
          const code = entry >= 0 ? `import '${BUNDLE}${index}/entry.js';` : (await bundles[index]).get(name)?.code;
          response.writeHead(code === undefined ? 404 : 200, { 'Content-Type': 'text/javascript', ...isolation });
          response.end(code);
        } catch (error) {
          bundles.length = 0;
          next(error);
        }
      });
    },
  };
  return [...inPlace.page, served];
}
