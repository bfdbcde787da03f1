// The demo as a user meets it: from the dev server, and built, under a strict Content Security Policy.
//
// A test reads `baseURL`; projects `dev` and `production` run the same files.

import { defineConfig } from '@playwright/test';
import { browserPath, launchArgs } from './scripts/browser.mjs';

const PORT = Number(process.env.E2E_PORT ?? 4101);
const DEV = `http://localhost:${PORT}/`;
const PRODUCTION = `http://localhost:${PORT + 1}/`;

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
    { command: `node node_modules/vite/bin/vite.js --port ${PORT} --strictPort`, url: DEV, timeout: 60_000 },
    {
      command: `node node_modules/vite/bin/vite.js build && node scripts/serve.mjs dist-demo ${PORT + 1}`,
      url: PRODUCTION,
      timeout: 120_000,
    },
  ],
});
