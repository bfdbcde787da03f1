// A strict static server for what was built: isolation, right MIME types, and a Content Security Policy on request.
//
//   node scripts/serve.mjs <folder> [port]      serves it as production does, policy included

import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

/** What SharedArrayBuffer asks of a page. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The other way: for the page alone, and what it embeds of others goes on working. Only Chromium knows it. */
export const documentIsolation = { 'Document-Isolation-Policy': 'isolate-and-credentialless' };

/** The page of the demo that goes without them: there all works by message. */
export const PLAIN = '/plain.html';

/** No inline scripts, no `eval`, no `blob:` workers, nothing from elsewhere. */
const policy = { 'Content-Security-Policy': "default-src 'self'" };
export const strict = { ...isolation, ...policy };

/**
 * Serves a folder until closed; port 0 takes any free one. With `cached`, browsers may keep its files for ever, as they may
 * those with a hash in their name on any production server. What a page posts goes to `post`, which may answer with JSON. `headers` may
 * depend on the path.
 *
 * @param {string} folder
 * Files of `extra`, by path, come before those of the folder.
 *
 * @param {{ port?: number, headers?: object | ((path: string) => object), cached?: boolean, extra?: Readonly<Record<string, string>>,
 *   post?: (request: import('node:http').IncomingMessage) => unknown }} [options]
 */
export async function serve(folder, { port = 0, headers = strict, cached = false, extra = {}, post } = {}) {
  const headersOf = typeof headers === 'function' ? headers : () => headers;
  const files = sirv(folder, {
    ...(cached ? { etag: true, maxAge: 31_536_000, immutable: true } : { dev: true }),
    setHeaders(response, pathname) {
      for (const [name, value] of Object.entries({ ...headersOf(pathname), 'X-Content-Type-Options': 'nosniff' })) {
        response.setHeader(name, value);
      }
    },
  });
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    if (post && request.method === 'POST') {
      const answer = await post(request);
      if (answer === undefined) response.writeHead(204, headersOf(pathname)).end();
      else
        response
          .writeHead(200, { ...headersOf(pathname), 'Content-Type': 'application/json' })
          .end(JSON.stringify(answer));
      return;
    }
    if (Object.hasOwn(extra, pathname)) {
      const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.writeHead(200, { ...headersOf(pathname), 'Content-Type': type }).end(extra[pathname]);
      return;
    }
    files(request, response, () => {
      response.writeHead(404, { ...headersOf(pathname), 'Content-Type': 'text/plain' }).end('Not found\n');
    });
  });
  // A connection that is closed for its idleness while the browser uses it again is an error of the network to some of them.
  server.keepAliveTimeout = 0;
  await new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', () => done(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://localhost:${address.port}/`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder = 'dist-demo', port = '4173'] = process.argv.slice(2);
  const headers = (/** @type {string} */ path) => (path === PLAIN ? policy : strict);
  const { url } = await serve(resolve(folder), { port: Number(port), headers });
  console.log(`Serving ${folder} at ${url}`);
}
