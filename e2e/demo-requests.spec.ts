// What a process of the demo asks the server for: in development, too, the library comes to it in a few files.

import { expect } from '@playwright/test';
import { card, run, test } from './page.ts';

test('a process loads few files', { tag: '@dev' }, async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await run(card(page, 'process'));
  // What the process begins with is among them, so they are its own.
  expect(asked).toContainEqual(expect.stringMatching(/\/process(?:-[\w-]+)?\.js$/));
  expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(60);
});
