// Runs an app of the documents, and holds what it prints against its comments.

import { expect, type Page } from '@playwright/test';
import type { App } from '../../scripts/examples.mjs';
import { serve } from '../../scripts/serve.mjs';
import { buildApp, matches } from './app.ts';

/** It prints what it says, leaves no process behind, and complains only if its `src/main.ts` says so. */
export async function expectToRun(page: Page, app: App): Promise<void> {
  const { folder, expectations } = await buildApp(app);
  const complains = app.own.get('src/main.ts')?.note === 'complains';
  const printed = new Map<string, string[]>();
  const errors: string[] = [];
  const complaints: string[] = [];
  page.on('console', (message) => {
    const [place, text] = message.text().split(/\t(.*)/s);
    if (text !== undefined && place) printed.set(place, [...(printed.get(place) ?? []), text]);
    else if (['error', 'warning'].includes(message.type())) (complains ? complaints : errors).push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));

  /** What was printed, where it is not what is to be. */
  const differences = (): unknown[] =>
    expectations
      .map(({ place, text }) => ({ place, expected: text, printed: printed.get(place) }))
      .filter(({ expected, printed }) => printed === undefined || !matches(expected, printed.join(', ')));

  const server = await serve(folder);
  try {
    await page.goto(server.url);
    await expect
      .poll(() => errors.length > 0 || page.evaluate(() => 'leftovers' in globalThis), { timeout: 45_000 })
      .toBe(true);
    expect(errors).toEqual([]);
    const leftovers = () => page.evaluate(() => (Reflect.get(globalThis, 'leftovers') as () => string[])());
    await expect.poll(leftovers, { timeout: 20_000 }).toEqual([]);
    await expect.poll(differences).toEqual([]);
    expect(errors).toEqual([]);
    expect(complaints.length > 0).toBe(complains);
  } finally {
    server.close();
  }
}
