// The demo: `npm start`, `npm run build:demo`.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import bound from './demo/bound.mjs';
import listings from './demo/listing.mjs';
import plain from './demo/plain.mjs';
import library from './scripts/library.mjs';
import multiprocessing from './src/vite.ts';

/** The page, and the one that it shows in frames. */
const pages = ['index.html', 'board.html'];

export default defineConfig({
  root: 'demo',
  publicDir: '../public',
  plugins: [library(), bound(), multiprocessing(), listings(), plain()],
  // WebKit does not know `await using`.
  oxc: { target: 'es2022' },
  build: {
    outDir: '../dist-demo',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    rolldownOptions: { input: pages.map((page) => fileURLToPath(new URL(`demo/${page}`, import.meta.url))) },
  },
});
