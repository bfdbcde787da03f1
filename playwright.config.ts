// The demo as a user meets it: from the dev server, and built, under a strict Content Security Policy.
//
// A test reads `baseURL`; projects `dev` and `production` run the same files.

import { defineConfig } from '@playwright/test';
import { browserPath, launchArgs } from './scripts/browser.mjs';

const DEV = 'http://localhost:4101/';
const PRODUCTION = 'http://localhost:4102/';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: '.cache/e2e',
  timeout: 60_000,
  retries: 0,
  workers: 1,
  forbidOnly: !!process.env.CI,
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: browserPath(), args: launchArgs },
  },
  projects: [
    { name: 'dev', use: { baseURL: DEV } },
    { name: 'production', use: { baseURL: PRODUCTION } },
  ],
  webServer: [
    { command: 'node node_modules/vite/bin/vite.js --port 4101 --strictPort', url: DEV, timeout: 60_000 },
    {
      command: 'node node_modules/vite/bin/vite.js build && node scripts/serve.mjs dist-demo 4102',
      url: PRODUCTION,
      timeout: 120_000,
    },
  ],
});
