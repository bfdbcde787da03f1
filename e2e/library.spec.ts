// Before the tests of the apps: the library, built as a package.

import { test } from '@playwright/test';
import { buildLibrary } from './vite-app.ts';

test('the library is built', async () => {
  await buildLibrary();
});
