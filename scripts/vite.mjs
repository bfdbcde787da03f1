// What every Vite of this repository shares: demo, tests, benchmarks.

import { fileURLToPath } from 'node:url';
import { isolation } from './serve.mjs';

const source = (path) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/**
 * The isolation headers on every answer. `server.headers` leaves out a 304, and WebKit then refuses the module to a worker.
 * @type {import('vite').Plugin}
 */
export const isolated = {
  name: 'isolated',
  configureServer({ middlewares }) {
    middlewares.use((_request, response, next) => {
      for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
      next();
    });
  },
};

/** @satisfies {import('vite').UserConfig} */
export const shared = {
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: /** @type {const} */ ('es') },
  resolve: {
    // The package by its own name, from source.
    alias: [
      { find: /^web-multiprocessing$/, replacement: source('index.ts') },
      { find: /^web-multiprocessing\/inspect$/, replacement: source('inspect.ts') },
      { find: /^web-multiprocessing\/page$/, replacement: source('entry/page.ts') },
      { find: /^web-multiprocessing\/process$/, replacement: source('entry/process.ts') },
      { find: /^web-multiprocessing\/vite$/, replacement: source('vite.ts') },
    ],
  },
};
