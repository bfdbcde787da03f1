// The demo page, from the dev server and as it is built and served under a strict policy: what each example prints, and
// that the page is usable by everybody.

import { readFileSync } from 'node:fs';
import { expect, type Route } from '@playwright/test';
import { card, ended, expectReadable, luminance, run, runButton, status, stopButton, test, texts } from './page.ts';

const SQUARES = '[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]';

/** The script that a process loads: the plugin's module in development, a chunk when built. */
const EXECUTABLE = /\/process(?:-[\w-]+)?\.js(?:\?|$)/;

/** What to do with each request for what a worker begins with, which it asks for first: other files have such names, too. */
function ofExecutable(decide: (route: Route) => unknown): (route: Route) => unknown {
  let first: string | undefined;
  return (route) => {
    const url = route.request().url();
    first ??= url;
    return url === first ? decide(route) : route.continue();
  };
}

test.describe('what the examples print', () => {
  test('Process', { tag: '@dev' }, async ({ page }) => {
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

  test('JoinableQueue', async ({ page }) => {
    const joinable = card(page, 'joinable-queue');
    const lines = await run(joinable);
    const squares = Array.from({ length: 6 }, (_, i) => `${i} squared is ${i * i}`);
    expect(
      lines
        .slice(0, 6)
        .map(({ text }) => text)
        .sort(),
    ).toEqual(squares);
    expect(lines.slice(0, 6).every(({ name }) => /^Process-[12]$/.test(name))).toBe(true);
    expect(lines[6]).toEqual({ name: 'MainProcess', pid: 1, text: 'all done' });
    expect(lines).toHaveLength(7);
    await expect(status(joinable)).toHaveText(/^Finished in \d+ ms · 2 processes: exit code 0$/);
  });

  test('Pipe', async ({ page }) => {
    const pipe = card(page, 'pipe');
    expect(await run(pipe)).toEqual([{ name: 'MainProcess', pid: 1, text: "[42, null, 'hello']" }]);
    await expect(status(pipe)).toHaveText(/Process-1: exit code 0$/);
  });

  test('Value and Array', async ({ page }) => {
    const shared = card(page, 'shared-memory');
    await run(shared);
    expect(await texts(shared)).toEqual(['3.1415927', '[0, -1, -2, -3, -4, -5, -6, -7, -8, -9]']);
    await expect(status(shared)).toHaveText(/Process-1: exit code 0$/);
  });

  test('Connection', async ({ page }) => {
    const connection = card(page, 'connection');
    await run(connection);
    expect(await texts(connection)).toEqual(["[1, 'hello', null]", 'thank you', '[0, 1, 2, 3, 4, 0, 0, 0, 0, 0]']);
    await expect(status(connection)).toHaveText(/^Finished in \d+ ms$/);
  });

  test('Manager', { tag: '@dev' }, async ({ page }) => {
    const manager = card(page, 'manager');
    expect(await run(manager)).toEqual([
      { name: 'MainProcess', pid: 1, text: "{1: '', '': 2, 0.25: null}" },
      { name: 'MainProcess', pid: 1, text: '[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]' },
    ]);
    await expect(status(manager)).toHaveText(/^Finished in \d+ ms · 2 processes: exit code 0$/);
  });

  // These two wait for a second, as Python's do: on a machine that is very busy they may have to run again.
  test('Pool', { tag: '@dev' }, async ({ page }) => {
    const pool = card(page, 'pool');
    await expect(async () => {
      const lines = await run(pool);
      expect(lines.map(({ name, text }) => [name, text])).toEqual([
        ['MainProcess', '100'],
        ['MainProcess', SQUARES],
      ]);
    }).toPass();
    // The scope of `await using` was left: its workers were terminated.
    await expect(status(pool)).toHaveText(/^Finished in \d+ ms · 4 processes: exit code -15$/);
  });

  test('Pool: timeouts', async ({ page }) => {
    const results = card(page, 'pool-results');
    await expect(async () => {
      await run(results);
      expect(await texts(results)).toEqual(['100', SQUARES, '0', '1', '4', 'not within a second']);
    }).toPass();
    await expect(status(results)).toHaveText(/^Finished in \d+ ms · 4 processes: exit code -15$/);
  });

  test('In place', { tag: '@dev' }, async ({ page }) => {
    const place = card(page, 'in-place');
    expect(await run(place)).toMatchObject([{ name: 'MainProcess', text: '[333, 857, 266]' }]);
    await expect(status(place)).toHaveText(/^Finished in \d+ ms · (?:2 processes|.*PoolWorker-\d+): exit code 0$/);
    // What the build made of it: the body is in one of the two.
    const [ofPage = '', ofProcess = ''] = await place.locator('.built pre').allTextContents();
    for (const text of [ofPage, ofProcess]) expect(text).not.toMatch(/libraryOf|consoleOf/);
    expect(ofPage).toContain('({ limit })');
    expect(ofPage).toContain('import * as mp from ');
    expect(ofPage).not.toContain('gcd');
    expect(ofProcess).toContain('gcd(n, k) === 1');
    expect(ofProcess).not.toContain('new mp.Pool');
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

  test('the listings are the files that run', { tag: '@dev' }, async ({ page }) => {
    const files: Record<string, readonly [python: string, typescript: string]> = {
      process: ['process.py', 'process.ts'],
      'process-ids': ['process_ids.py', 'process-ids.ts'],
      queue: ['queue.py', 'queue.ts'],
      'joinable-queue': ['joinable_queue.py', 'joinable-queue.ts'],
      pipe: ['pipe.py', 'pipe.ts'],
      lock: ['lock.py', 'lock.ts'],
      'shared-memory': ['shared_memory.py', 'shared-memory.ts'],
      connection: ['connection.py', 'connection.ts'],
      manager: ['manager.py', 'manager.ts'],
      pool: ['pool.py', 'pool.ts'],
      'pool-results': ['pool_results.py', 'pool-results.ts'],
      'in-place': ['in_place.py', 'in-place.ts'],
    };
    expect(await page.locator('.card').evaluateAll((cards) => cards.map(({ id }) => id))).toEqual(Object.keys(files));
    for (const [id, names] of Object.entries(files)) {
      const sources = names.map((name) =>
        readFileSync(new URL(`../demo/tour/${name}`, import.meta.url), 'utf8').trim(),
      );
      expect(await card(page, id).locator('.listings:not(.built) pre').allTextContents()).toEqual(sources);
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

  test('all of them at once, and once more', async ({ page }) => {
    // No process gets its code before all examples that have any have begun.
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await page.route(EXECUTABLE, async (route) => {
      await gate;
      await route.continue();
    });
    const all = page.getByRole('button', { name: 'Run all' });
    const running = page.locator('.card[data-state="running"]');
    for (let round = 0; round < 2; round++) {
      await all.click();
      if (round === 0) {
        const begun = [
          'process',
          'process-ids',
          'queue',
          'joinable-queue',
          'pipe',
          'lock',
          'shared-memory',
          'manager',
          'in-place',
        ];
        await expect.poll(() => running.evaluateAll((cards) => cards.map(({ id }) => id))).toEqual(begun);
        open();
      }
      await expect(all).not.toHaveAttribute('aria-disabled', 'true', { timeout: 90_000 });
      // Those of the pools give up after a second, as Python's do, which a machine that is busy may take.
      for (const of of await page.locator('.card:not([id^="pool"])').all()) {
        await expect(status(of)).toHaveText(/^Finished in \d+ ms(?: · .*exit code 0)?$/);
      }
      for (const of of await page.locator('.card[id^="pool"]').all()) {
        await expect(status(of)).toHaveText(/^(?:Finished|Failed) (?:in|after) \d+ ms · .*exit code -15$/);
      }
    }
    expect(await texts(card(page, 'process'))).toEqual(['hello bob']);
    expect(await texts(card(page, 'process-ids'))).toHaveLength(9);
    expect(await texts(card(page, 'queue'))).toEqual(["[42, null, 'hello']"]);
    expect(await texts(card(page, 'joinable-queue'))).toHaveLength(7);
    expect(await texts(card(page, 'pipe'))).toEqual(["[42, null, 'hello']"]);
    expect(await texts(card(page, 'lock'))).toHaveLength(10);
    expect(await texts(card(page, 'shared-memory'))).toHaveLength(2);
    expect(await texts(card(page, 'connection'))).toHaveLength(3);
    expect(await texts(card(page, 'manager'))).toHaveLength(2);
    await expect.poll(() => page.workers().length).toBe(0);
  });

  test('one can be stopped while others go on', async ({ page }) => {
    let requests = 0;
    // Six of the ten get no further than asking for their code; those of the others do.
    await page.route(
      EXECUTABLE,
      ofExecutable((route) => (++requests > 4 && requests <= 10 ? undefined : route.continue())),
    );
    const lock = card(page, 'lock');
    await runButton(lock).click();
    await expect(lock.locator('.line')).toHaveCount(4, { timeout: 90_000 });
    for (const id of ['queue', 'manager', 'process']) {
      await run(card(page, id));
      await expect(status(card(page, id))).toHaveText(/^Finished/);
    }
    await expect(status(lock)).toHaveText('Running…');
    const queue = card(page, 'queue');
    const again = run(queue);
    await stopButton(lock).click();
    await expect(status(lock)).toHaveText(
      /^Stopped after \d+ ms · 4 processes: exit code 0 · 6 processes: exit code -15$/,
    );
    expect(await again).toHaveLength(1);
    await expect(status(queue)).toHaveText(/^Finished/);
    expect(await texts(lock)).toHaveLength(4);
    await expect.poll(() => page.workers().length).toBe(0);
  });

  test('Stop terminates the processes that still run', async ({ page }) => {
    let requests = 0;
    // Six of the ten get no further than asking for their code.
    await page.route(
      EXECUTABLE,
      ofExecutable((route) => (++requests > 4 ? undefined : route.continue())),
    );
    const lock = card(page, 'lock');
    await expect(stopButton(lock)).toHaveAttribute('aria-disabled', 'true');
    await runButton(lock).click();
    await expect(lock.locator('.line')).toHaveCount(4, { timeout: 90_000 });
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

  test('Stop ends a pool, and its main function with it', async ({ page }) => {
    const results = card(page, 'pool-results');
    // After five lines it waits for a worker that sleeps, but for a second only: the page itself stops it there.
    await page.evaluate(() => {
      const stop = document.querySelector<HTMLButtonElement>('#pool-results button[aria-label^="Stop "]');
      const lines = document.querySelectorAll('#pool-results .line');
      if (stop === null || lines.length > 0) throw new Error('There is no such button, or there are lines already.');
      const observer = new MutationObserver(() => {
        if (document.querySelectorAll('#pool-results .line').length < 5) return;
        observer.disconnect();
        stop.click();
      });
      observer.observe(document.querySelector('#pool-results') as Element, { childList: true, subtree: true });
    });
    await runButton(results).click();
    await expect(status(results)).toHaveText(/^Stopped after \d+ ms · 4 processes: exit code -15$/);
    await expect.poll(() => page.workers().length).toBe(0);
    expect(await run(results)).toHaveLength(6);
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
    await expect(page.locator('#mode')).toHaveText(/^Here processes share memory\. See the page without isolation/);
  });

  test('a section that the browser cannot show says so, and the rest works', async ({ page, complaints }) => {
    await page.addInitScript(() => {
      // As in WebKitGTK where the system's language is "C".
      Intl.NumberFormat = class {
        constructor() {
          throw new RangeError('invalid language tag: C');
        }
      } as never;
    });
    await page.reload();
    await expect(page.locator('.missing h2')).toHaveText(['Race', 'Producers', 'How fast']);
    await expect(page.locator('#race')).toContainText('RangeError: invalid language tag: C');
    expect(await run(card(page, 'process'))).toHaveLength(1);
    expect(complaints).toHaveLength(3);
    complaints.length = 0;
  });

  test('a link to a section leads to it', async ({ page, baseURL }) => {
    await page.goto('about:blank');
    await page.goto(`${baseURL ?? ''}#race`);
    await expect(page.locator('#race h2')).toBeInViewport();
  });

  test('obeys the policy that it is served with', { tag: '@dev' }, async ({ page }, { project }) => {
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
      for (const of of await page.locator('.card').all()) {
        // Those of the pools give up after a second: see above.
        await expect(async () => {
          await run(of);
          await expect(status(of)).toHaveText(/^Finished/);
        }).toPass();
      }
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
      expect(await parts.count()).toBeGreaterThan(100);
      await expectReadable(parts);
    });
  }

  for (const width of [360, 1280]) {
    test(`marks the link to what is read, and keeps it in sight, at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      const marked = page.getByRole('navigation', { name: 'Examples' }).locator('[aria-current]');
      for (const [id, name] of [
        ['race', 'Race'],
        ['queue', '3 Queue'],
        ['speed', 'How fast'],
      ] as const) {
        await page.locator(`#${id} h2`).evaluate((head) => head.scrollIntoView({ behavior: 'instant' }));
        await expect(marked).toHaveText(name);
        await expect(marked).toBeInViewport({ ratio: 1 });
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
    await expect(status(process)).toHaveText(ended, { timeout: 90_000 });
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
