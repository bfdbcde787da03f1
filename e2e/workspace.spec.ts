// Before the tests of the consumers: the packed library, and what their apps need, in one workspace.

import { test } from '@playwright/test';
import { install, installPackage } from './consumers.ts';

test('the workspace is installed', async () => {
  test.setTimeout(300_000);
  await install();
  await installPackage('acme-lib');
});
