// What every Vite of this repository shares: demo, tests, benchmarks.

import { fileURLToPath } from 'node:url';
import { isolation } from './serve.mjs';

const source = (path) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** @satisfies {import('vite').UserConfig} */
export const shared = {
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: /** @type {const} */ ('es') },
  resolve: {
    // The package by its own name, from source.
    alias: [
      { find: /^web-multiprocessing$/, replacement: source('index.ts') },
      { find: /^web-multiprocessing\/vite$/, replacement: source('vite.ts') },
    ],
  },
};
