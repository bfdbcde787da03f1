// The published package: one output file per source file, so that a bundler drops what an app does not import.

import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/vite.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  tsconfig: 'tsconfig.build.json',
  unbundle: true,
  dts: { sourcemap: true },
  sourcemap: true,
  deps: { neverBundle: ['vite', /^node:/] },
});
