// How the pages in bench/ are built.

import { fileURLToPath } from 'node:url';
import { shared } from './vite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** WebKit runs the entry of a worker once more where another chunk imports it: then there would be two libraries. */
const strictEntry = {
  name: 'strict-entry',
  options: (/** @type {object} */ options) => ({
    ...options,
    preserveEntrySignatures: /** @type {const} */ ('strict'),
  }),
};

/**
 * @param {string} outDir
 * @param {string} [page] its path in bench/
 * @returns {import('vite').InlineConfig}
 */
export const benchConfig = (outDir, page = 'page.html') => ({
  ...shared,
  configFile: false,
  root: `${root}bench`,
  base: './',
  worker: { format: 'es', plugins: () => [strictEntry] },
  // Two peers can also run in Node: Vite warns that it leaves the modules of Node out.
  logLevel: 'error',
  resolve: {
    alias: [
      ...shared.resolve.alias,
      // What its documentation has for browsers; in its `exports` the file for Deno and Bun comes first.
      { find: 'poolifier-web-worker', replacement: `${root}bench/node_modules/poolifier-web-worker/browser/mod.js` },
    ],
  },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 10_000,
    rollupOptions: { input: `${root}bench/${page}` },
  },
});

/**
 * How an app is built that the page opens in a frame.
 *
 * @param {string} outDir of the page
 * @param {string} folder in bench/
 * @param {string} [configFile] its own
 * @returns {import('vite').InlineConfig}
 */
export const appConfig = (outDir, folder, configFile) => ({
  configFile: configFile === undefined ? false : `${root}bench/${folder}/${configFile}`,
  root: `${root}bench/${folder}`,
  base: './',
  logLevel: 'error',
  worker: { format: 'es' },
  build: {
    outDir: `${outDir}/${folder.split('/').at(-1)}`,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 10_000,
  },
});
