// A page of an app that a test built or serves: opened, listened to, and what it shows.

import { expect, type Page } from '@playwright/test';
import { isolation } from '../scripts/serve.mjs';

export const lowercase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Opens a page that notes what goes wrong in it and in its processes, such as an answer without these headers. */
export async function open(page: Page, url: string, demanded: Record<string, string> = isolation): Promise<string[]> {
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  page.on('pageerror', (error) => {
    // Of a worker that was terminated while it loaded, as those of a pool may be; what cannot be loaded answers with a status.
    if (!/^NetworkError: .*importScripts/.test(String(error))) wrong.push(String(error));
  });
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
    const headers = response.headers();
    for (const [name, value] of Object.entries(lowercase(demanded))) {
      if (headers[name] !== value) wrong.push(`${response.status()} ${response.url()} lacks ${name}`);
    }
  });
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204, headers: demanded }));
  await page.goto(url);
  return wrong;
}

/** What the app wrote into `#result`. */
export const shown = async (page: Page): Promise<Record<string, unknown>> =>
  JSON.parse((await page.locator('#result').textContent()) || '{}');

export const expectShown = (page: Page, result: Record<string, unknown>): Promise<void> =>
  expect.poll(() => shown(page).catch(() => ({})), { timeout: 90_000 }).toMatchObject(result);
