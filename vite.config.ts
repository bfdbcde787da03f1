// The demo: `npm start`, `npm run build:demo`.

import { defineConfig } from 'vite';
import { isolation } from './scripts/serve.mjs';

export default defineConfig({
  root: 'demo',
  publicDir: '../public',
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es' },
  build: { outDir: '../dist-demo', emptyOutDir: true, target: 'es2022' },
});
