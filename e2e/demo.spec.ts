// The demo page, from the dev server and as it is built and served under a strict policy: what each example prints, and
// that the page is usable by everybody.

import { readFileSync } from 'node:fs';
import { test as base, expect, type Locator, type Page } from '@playwright/test';

/** The script that a process loads: the plugin's module in development, a chunk when built. */
const EXECUTABLE = /\/process(?:-[\w-]+)?\.js(?:\?|$)/;

/** A page that was opened, and must not complain; a test that expects complaints takes them out of the list. */
const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.exposeFunction('reportViolation', (text: string) => complaints.push(text));
      await page.addInitScript(() => {
        const report = Reflect.get(globalThis, 'reportViolation') as (text: string) => void;
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
          report(`violates ${violatedDirective}: ${blockedURI} ${sourceFile}`);
        });
      });
      await page.goto('/');
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

const card = (page: Page, id: string): Locator => page.locator(`#${id}`);
const runButton = (of: Locator): Locator => of.getByRole('button', { name: /^Run / });
const stopButton = (of: Locator): Locator => of.getByRole('button', { name: /^Stop / });
const status = (of: Locator): Locator => of.getByRole('status');
const ended = /^(?:Finished in|Failed after|Stopped after) \d+ ms/;

interface Printed {
  readonly name: string;
  readonly pid: number;
  readonly text: string;
}

const printed = (of: Locator): Promise<Printed[]> =>
  of.locator('.line').evaluateAll((lines) =>
    lines.map((line) => ({
      name: line.querySelector('.name')?.textContent ?? '',
      pid: Number(line.querySelector('.pid')?.textContent?.replace('pid ', '')),
      text: line.querySelector('.text')?.textContent ?? '',
    })),
  );

const texts = async (of: Locator): Promise<string[]> => (await printed(of)).map(({ text }) => text);

/** Runs a card, and answers what it printed. */
async function run(of: Locator): Promise<Printed[]> {
  await runButton(of).click();
  await expect(runButton(of)).not.toHaveAttribute('aria-disabled', 'true', { timeout: 45_000 });
  await expect(status(of)).toHaveText(ended);
  return printed(of);
}

test.describe('what the examples print', () => {
  test('Process', async ({ page }) => {
    const process = card(page, 'process');
    expect(await run(process)).toEqual([{ name: 'Process-1', pid: 2, text: 'hello bob' }]);
    await expect(status(process)).toHaveText(/^Finished in \d+ ms · Process-1: exit code 0$/);
  });

  test('Process ids', async ({ page }) => {
    const lines = await run(card(page, 'process-ids'));
    const [main, child] = [lines[0], lines[4]];
    expect(main?.name).toBe('MainProcess');
    expect(child?.name).toBe('Process-1');
    expect(child?.pid).not.toBe(main?.pid);
    expect(lines.map(({ pid, text }) => [pid, text])).toEqual([
      [main?.pid, 'main line'],
      [main?.pid, 'process name: MainProcess'],
      [main?.pid, 'parent process: none'],
      [main?.pid, `process id: ${main?.pid}`],
      [child?.pid, 'function f'],
      [child?.pid, 'process name: Process-1'],
      [child?.pid, `parent process: ${main?.pid}`],
      [child?.pid, `process id: ${child?.pid}`],
      [child?.pid, 'hello bob'],
    ]);
  });

  test('Queue', async ({ page }) => {
    const queue = card(page, 'queue');
    expect(await run(queue)).toEqual([{ name: 'MainProcess', pid: 1, text: "[42, null, 'hello']" }]);
    await expect(status(queue)).toHaveText(/Process-1: exit code 0$/);
  });

  test('Lock', async ({ page }) => {
    const lock = card(page, 'lock');
    const lines = await run(lock);
    expect(lines.map(({ text }) => text).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `hello world ${i}`));
    expect(new Set(lines.map(({ pid }) => pid)).size).toBe(10);
    expect(lines.every(({ name }) => /^Process-\d+$/.test(name))).toBe(true);
    await expect(status(lock)).toHaveText(/^Finished in \d+ ms · 10 processes: exit code 0$/);
  });

  test('each process has a colour of its own, and the page has none', async ({ page }) => {
    const colours = async (id: string) => {
      await run(card(page, id));
      return card(page, id)
        .locator('.line .name')
        .evaluateAll((names) => names.map((name) => getComputedStyle(name).color));
    };
    expect(new Set(await colours('lock')).size).toBe(10);
    const ids = await colours('process-ids');
    expect(new Set(ids.slice(0, 4)).size).toBe(1);
    expect(new Set(ids.slice(4)).size).toBe(1);
    expect(ids[0]).not.toBe(ids[4]);
  });

  test('the listings are the files that run', async ({ page }) => {
    const files: Record<string, readonly [python: string, typescript: string]> = {
      process: ['process.py', 'process.ts'],
      'process-ids': ['process_ids.py', 'process-ids.ts'],
      queue: ['queue.py', 'queue.ts'],
      lock: ['lock.py', 'lock.ts'],
    };
    expect(await page.locator('.card').evaluateAll((cards) => cards.map(({ id }) => id))).toEqual(Object.keys(files));
    for (const [id, names] of Object.entries(files)) {
      const sources = names.map((name) =>
        readFileSync(new URL(`../demo/tour/${name}`, import.meta.url), 'utf8').trim(),
      );
      expect(await card(page, id).locator('pre').allTextContents()).toEqual(sources);
      expect(await card(page, id).locator('pre .keyword').count()).toBeGreaterThan(5);
    }
  });
});

test.describe('running', () => {
  test('again and again: every line comes, and old ones go', async ({ page }) => {
    const process = card(page, 'process');
    for (let round = 1; round <= 12; round++) {
      expect(await run(process)).toEqual([{ name: `Process-${round}`, pid: round + 1, text: 'hello bob' }]);
    }
  });

  test('all of them, one after another', async ({ page }) => {
    await page.getByRole('button', { name: 'Run all' }).click();
    for (const of of await page.locator('.card').all()) {
      await expect(status(of)).toHaveText(/^Finished in .*exit code 0$/, { timeout: 45_000 });
    }
    expect(await texts(card(page, 'process'))).toEqual(['hello bob']);
    expect(await texts(card(page, 'process-ids'))).toHaveLength(9);
    expect(await texts(card(page, 'queue'))).toEqual(["[42, null, 'hello']"]);
    expect(await texts(card(page, 'lock'))).toHaveLength(10);
    await expect(page.getByRole('button', { name: 'Run all' })).not.toHaveAttribute('aria-disabled', 'true');
  });

  test('Stop terminates the processes that still run', async ({ page }) => {
    let requests = 0;
    // Six of the ten get no further than asking for their code.
    await page.route(EXECUTABLE, (route) => (++requests > 4 ? undefined : route.continue()));
    const lock = card(page, 'lock');
    await expect(stopButton(lock)).toHaveAttribute('aria-disabled', 'true');
    await runButton(lock).click();
    await expect(lock.locator('.line')).toHaveCount(4, { timeout: 45_000 });
    await expect(status(lock)).toHaveText('Running…');
    await stopButton(lock).click();
    await expect(status(lock)).toHaveText(
      /^Stopped after \d+ ms · 4 processes: exit code 0 · 6 processes: exit code -15$/,
    );
    await page.unroute(EXECUTABLE);
    expect(await run(lock)).toHaveLength(10);
  });

  test('Stop ends a run whose main function waits for what never comes', async ({ page }) => {
    await page.route(EXECUTABLE, () => {});
    const queue = card(page, 'queue');
    await runButton(queue).click();
    await stopButton(queue).click();
    await expect(status(queue)).toHaveText(/^Stopped after \d+ ms · Process-1: exit code -15$/);
    await page.unroute(EXECUTABLE);
    expect(await run(queue)).toHaveLength(1);
  });

  test('a failure is told in the output', async ({ page, complaints }) => {
    await page.route(EXECUTABLE, (route) => route.abort());
    const process = card(page, 'process');
    const [line] = await run(process);
    expect(line).toMatchObject({ name: 'Process-1', pid: 2, text: expect.stringContaining('could not be started') });
    await expect(process.locator('.line.error')).toHaveCount(1);
    await expect(status(process)).toHaveText(/^Failed after \d+ ms · Process-1: exit code 1$/);
    expect(complaints.join('\n')).toContain('could not be started');
    for (const text of complaints.splice(0)) expect(text).toMatch(/could not be started|ERR_FAILED/);
    await page.unroute(EXECUTABLE);
    expect((await run(process)).map(({ text }) => text)).toEqual(['hello bob']);
  });

  test('what one tab prints, another does not show', async ({ page, context, baseURL }) => {
    const other = await context.newPage();
    await other.goto(baseURL ?? '');
    await page.bringToFront();
    await run(card(page, 'process'));
    await other.bringToFront();
    expect(await run(card(other, 'process'))).toHaveLength(1);
    expect(await texts(card(page, 'process'))).toHaveLength(1);
  });
});

test.describe('the page', () => {
  test('says what this browser allows', async ({ page }) => {
    const facts = page.getByRole('list', { name: 'What this browser allows' }).getByRole('listitem');
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    await expect(facts).toHaveText([
      'Cross-origin isolated',
      'Shared memory',
      cores === 1 ? '1 core' : `${cores} cores`,
    ]);
    await expect(page.locator('.bad')).toHaveCount(0);
  });

  test('says what to do where it is not isolated', async ({ page, complaints, baseURL }) => {
    await page.route(baseURL ?? '', async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers() };
      delete headers['cross-origin-opener-policy'];
      await route.fulfill({ response, headers });
    });
    await page.reload();
    await expect(page.getByRole('alert')).toContainText('Cross-Origin-Opener-Policy: same-origin');
    const process = card(page, 'process');
    await expect(runButton(process)).toHaveAttribute('aria-disabled', 'true');
    await runButton(process).click({ force: true });
    await expect(status(process)).toHaveText('Cannot run here');
    await expect(process.locator('.line')).toHaveCount(0);
    // To the browser this document came from nowhere: it then refuses Vite's own connection to localhost.
    for (const text of complaints.splice(0)) expect(text).toMatch(/websocket/i);
  });

  test('obeys the policy that it is served with', async ({ page }, { project }) => {
    const response = await page.reload();
    const policy = response?.headers()['content-security-policy'];
    expect(policy).toBe(project.name === 'production' ? "default-src 'self'" : undefined);
    const html = (await response?.text()) ?? '';
    expect(html).toContain('id="tour"');
    if (project.name === 'production') expect(html).not.toMatch(/ style=|<style|data:|https?:/);
    await run(card(page, 'process'));
  });

  for (const width of [360, 1280]) {
    test(`does not move when output comes, at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      const heights = () => page.locator('.card').evaluateAll((cards) => cards.map(({ clientHeight }) => clientHeight));
      const before = await heights();
      for (const id of ['process', 'process-ids', 'queue', 'lock']) await run(card(page, id));
      expect(await heights()).toEqual(before);
    });
  }

  test('fits every width: no horizontal scroll, listings side by side where there is room', async ({ page }) => {
    await run(card(page, 'process-ids'));
    const cut = () =>
      page
        .locator('.hero, .install code, .bar, .card, .controls, .lines, .notice')
        .evaluateAll((parts) =>
          parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className),
        );
    for (const width of [360, 390, 600, 800, 1000, 1280, 2000]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await cut(), `at ${width} px`).toEqual([]);
      const [python, typescript] = await card(page, 'queue').locator('pre').all();
      const [left, right] = [await python?.boundingBox(), await typescript?.boundingBox()];
      expect(right?.y === left?.y).toBe(width > 900);
    }
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is readable in the ${colorScheme} scheme`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await run(card(page, 'process-ids'));
      await run(card(page, 'lock'));
      const background = await luminance(page.locator('body'), 'backgroundColor');
      if (colorScheme === 'dark') expect(background).toBeLessThan(0.05);
      else expect(background).toBeGreaterThan(0.8);
      const selectors = [
        'h1, h2, .promise, .facts li, .number, .summary, .notice, .notice strong, .foot, nav a, figcaption',
        '.copy, .primary, .run, .status, .name, .pid, .text, .time',
        ...['keyword', 'string', 'function', 'type', 'literal', 'comment'].map((kind) => `pre .${kind}`),
      ];
      const parts = page.locator(selectors.join());
      const [text, ground] = [await luminances(parts, 'color'), await luminances(parts, 'backgroundColor')];
      expect(text.length).toBeGreaterThan(100);
      for (const [index, a] of text.entries()) {
        const b = ground[index] ?? a;
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) expect(contrast, await parts.nth(index).innerHTML()).toBeGreaterThanOrEqual(4.5);
      }
    });
  }

  test('keeps the theme that the visitor chose', async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
    expect(await luminance(page.locator('body'), 'backgroundColor')).toBeLessThan(0.05);
    await page.reload();
    expect(await luminance(page.locator('body'), 'backgroundColor')).toBeLessThan(0.05);
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    expect(await luminance(page.locator('body'), 'backgroundColor')).toBeGreaterThan(0.8);
  });

  test('works from the keyboard', async ({ page }) => {
    const process = card(page, 'process');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the examples' })).toBeFocused();
    await process.locator('pre').last().focus();
    await page.keyboard.press('Tab');
    const button = runButton(process);
    await expect(button).toBeFocused();
    expect(await button.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    await expect(status(process)).toHaveText(ended, { timeout: 45_000 });
    await expect(button).toBeFocused();
    expect(await texts(process)).toEqual(['hello bob']);
  });

  test('does not move for those who asked for less motion', async ({ page }) => {
    const animation = () =>
      card(page, 'queue')
        .locator('.status')
        .evaluate((element) => getComputedStyle(element, '::before').animationName);
    await page.route(EXECUTABLE, () => {});
    await runButton(card(page, 'queue')).click();
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await animation()).toBe('pulse');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await animation()).toBe('none');
    await stopButton(card(page, 'queue')).click();
    await expect(status(card(page, 'queue'))).toHaveText(ended);
  });
});

const luminance = async (of: Locator, property: 'color' | 'backgroundColor'): Promise<number> =>
  (await luminances(of, property))[0] ?? Number.NaN;

/** The relative luminance of colours, as WCAG has it; of the nearest background that is not transparent. */
function luminances(of: Locator, property: 'color' | 'backgroundColor'): Promise<number[]> {
  return of.evaluateAll((elements, name) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('No canvas.');
    const known = new Map<string, number | undefined>();
    const luminanceOf = (colour: string): number | undefined => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha] = context.getImageData(0, 0, 1, 1).data;
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return alpha === 255 ? 0.2126 * r + 0.7152 * g + 0.0722 * b : undefined;
    };
    return elements.map((element) => {
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const colour = getComputedStyle(at)[name];
        if (!known.has(colour)) known.set(colour, luminanceOf(colour));
        const found = known.get(colour);
        if (found !== undefined) return found;
      }
      throw new Error('All of it is transparent.');
    });
  }, property);
}
