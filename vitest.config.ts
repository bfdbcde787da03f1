// The unit and contract tests, in headless Chromium. The same files run in Firefox and WebKit: see scripts/engines.mjs.

import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserPath, launchArgs } from './scripts/browser.mjs';
import { explored } from './scripts/instrument.mjs';
import { shared } from './scripts/vite.mjs';
import processes from './scripts/worker.mjs';

export default defineConfig({
  ...shared,
  // A test has a worker with an origin of its own.
  server: { ...shared.server, cors: true },
  plugins: [explored(), processes()],
  // Named here, or Vite finds them in the middle of a run and reloads the page.
  optimizeDeps: { include: ['chai', 'fast-check'] },
  test: {
    include: ['test/{unit,contract}/**/*.test.ts'],
    testTimeout: 240_000,
    // Every file starts workers of its own: one after another, or two cores are not enough.
    fileParallelism: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: browserPath(), args: [...launchArgs, '--js-flags=--expose-gc'] },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
