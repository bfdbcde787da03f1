// The demo as a user meets it: `production` runs the files of `DEMO` on what is built, under a strict Content Security Policy;
// `dev` runs what is tagged so on the dev server: what differs there, and enough to see that the rest does not. The other
// files, in `apps`, build and serve apps themselves, with the library as `library` built it before; those in `consumers` with the
// packed library, in a workspace that `workspace` installs before.

import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { browserPath, launchArgs } from './scripts/browser.mjs';

const DEMO = '**/{demo*,explorer,race,producers,board,speed,monitor}.spec.ts';
const CONSUMERS = '**/{consumers,frameworks}.spec.ts';
const SETUP = '**/{library,workspace}.spec.ts';
const PORT = Number(process.env.E2E_PORT ?? 4101);
const DEV_URL = `http://localhost:${PORT}/`;
const PRODUCTION_URL = `http://localhost:${PORT + 1}/`;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: '.cache/e2e',
  timeout: 240_000,
  // What is waited for comes when a busy machine gets to it.
  expect: { timeout: 90_000 },
  fullyParallel: true,
  // Most of the time a test waits for a page.
  workers: availableParallelism() + 1,
  forbidOnly: !!process.env.CI,
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: browserPath(), args: launchArgs },
  },
  projects: [
    { name: 'dev', testMatch: DEMO, grep: /@dev/, use: { baseURL: DEV_URL } },
    { name: 'production', testMatch: DEMO, use: { baseURL: PRODUCTION_URL } },
    { name: 'apps', testIgnore: [DEMO, CONSUMERS, SETUP], dependencies: ['library'] },
    { name: 'library', testMatch: '**/library.spec.ts' },
    { name: 'consumers', testMatch: CONSUMERS, dependencies: ['workspace'] },
    { name: 'workspace', testMatch: '**/workspace.spec.ts' },
  ],
  webServer: [
    { command: `node node_modules/vite/bin/vite.js --port ${PORT} --strictPort`, url: DEV_URL, timeout: 240_000 },
    {
      command: `node node_modules/vite/bin/vite.js build && node scripts/serve.mjs dist-demo ${PORT + 1}`,
      url: PRODUCTION_URL,
      timeout: 240_000,
    },
  ],
});
