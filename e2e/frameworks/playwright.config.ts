// The large frameworks, which take minutes to install and to build: `npm run test:frameworks [name]`, before each release.

import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import { browserPath, launchArgs } from '../../scripts/browser.mjs';

export default defineConfig({
  testMatch: '*.test.ts',
  outputDir: fileURLToPath(new URL('../../.cache/e2e-frameworks', import.meta.url)),
  // Installing and building count, too.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  workers: 1,
  forbidOnly: !!process.env.CI,
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: browserPath(), args: launchArgs },
  },
});
