// The demo: `npm start`, `npm run build:demo`.

import { defineConfig } from 'vite';
import { shared } from './scripts/vite.mjs';

export default defineConfig({
  ...shared,
  root: 'demo',
  publicDir: '../public',
  build: { outDir: '../dist-demo', emptyOutDir: true, target: 'es2022' },
});
