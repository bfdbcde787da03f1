// The published package: one output file per source file, so that a bundler drops what an app does not import.

import { defineConfig } from 'tsdown';

/** The types of ours that the `lib` of a program may lack: it needs no more than ES2022 and DOM. */
const libs = ['esnext.disposable', 'esnext.float16'].map((lib) => `/// <reference lib="${lib}" />\n`).join('');

export default defineConfig({
  entry: ['src/index.ts', 'src/inspect.ts', 'src/dummy.ts', 'src/entry/page.ts', 'src/entry/process.ts', 'src/vite.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  tsconfig: 'tsconfig.build.json',
  unbundle: true,
  dts: { sourcemap: true },
  sourcemap: true,
  // Constants in their places. Code that a debugger shows can still be read.
  inputOptions: { optimization: { inlineConst: { mode: 'all' } } },
  minify: { compress: { target: 'es2022', joinVars: false, sequences: false }, mangle: false, codegen: false },
  deps: { neverBundle: ['vite', /^node:/] },
  outputOptions: { banner: ({ fileName }) => (/^\w+\.d\.ts$/.test(fileName) ? libs : '') },
});
