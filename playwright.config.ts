// The demo as a user meets it: from the dev server, and built, under a strict Content Security Policy. Both projects, `dev`
// and `production`, run demo*.spec.ts with their own `baseURL`. The other files, in `apps`, build and serve apps themselves.

import { defineConfig } from '@playwright/test';
import { browserPath, launchArgs } from './scripts/browser.mjs';

const DEMO = '**/demo*.spec.ts';
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
    { name: 'dev', testMatch: DEMO, use: { baseURL: DEV } },
    { name: 'production', testMatch: DEMO, use: { baseURL: PRODUCTION } },
    { name: 'apps', testIgnore: DEMO },
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
