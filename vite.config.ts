// The demo: `npm start`, `npm run build:demo`.

import { defineConfig } from 'vite';
import listings from './demo/listing.mjs';
import { shared } from './scripts/vite.mjs';
import multiprocessing from './src/vite.ts';

export default defineConfig({
  root: 'demo',
  publicDir: '../public',
  resolve: shared.resolve,
  plugins: [multiprocessing(), listings()],
  build: { outDir: '../dist-demo', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
});
