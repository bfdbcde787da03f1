// The app of docs/guide/frameworks.md, whichever framework it is made with, as a visitor uses it.

import { expect, type Page } from '@playwright/test';
import { isolation } from '../scripts/serve.mjs';
import { open } from './open.ts';

/** Asks, asks for something else, leaves with a call at work, and comes back. The app is served with these headers. */
export async function use(page: Page, url: string, headers: Record<string, string> = isolation): Promise<void> {
  const wrong = await open(page, url, headers);
  // By its role: in development a framework may have fields of its own in the page.
  const [input, output] = [page.getByRole('spinbutton'), page.locator('output')];
  await expect(output).toHaveText('25 primes below 100');
  await input.fill('1000');
  await expect(output).toHaveText('168 primes below 1000');
  // Takes long; nobody waits for it.
  await input.fill('100000000');
  await input.fill('200000000');
  await page.getByRole('button', { name: 'Hide' }).click();
  await expect(output).toHaveCount(0);
  await input.fill('10');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(output).toHaveText('4 primes below 10');
  expect(wrong).toEqual([]);
}
