// The explorer as a user meets it: a picture that a pool paints tile by tile, while one moves in it.

import { expect } from '@playwright/test';
import {
  canvas,
  DRAWN,
  draw,
  drawButton,
  drawn,
  explorer,
  figure,
  givenUp,
  ownThread,
  pixels,
  read,
  slider,
  where,
  zoomThrice,
} from './explorer-page.ts';
import { card, ended, expectReadable, run, runButton, status, stopButton, test } from './page.ts';

test.use({ viewport: { width: 900, height: 800 } });

const EXECUTABLE = /\/process(?:-[\w-]+)?\.js(?:\?|$)/;
test.describe('the picture', () => {
  test('comes tile by tile, and is that of the set', { tag: '@dev' }, async ({ page }) => {
    const progress = explorer(page).getByRole('progressbar');
    await expect(status(explorer(page))).toHaveText('Ready');
    await expect(progress).toHaveJSProperty('value', 0);
    expect(page.workers()).toEqual([]);
    await draw(page);
    await expect(progress).toHaveJSProperty('value', 1);
    const [, tiles] = DRAWN.exec((await status(explorer(page)).textContent()) ?? '') ?? [];
    expect(Number(tiles)).toBeGreaterThan(20);
    expect(await figure(page, 'pool', 'tiles')).toBe(`${tiles}/${tiles}`);
    expect(await givenUp(page)).toBe(0);
    expect((await pixels(page)).colours).toBeGreaterThan(500);

    // Numbers of which one knows: 0, -1 and -0.1 + 0.7i never escape, and these others do.
    const { data, width, height } = await read(canvas(page));
    const step = 3.3 / Math.min(width, 1.4 * height);
    const isInside = ([re, im]: readonly [number, number]): boolean => {
      const [x, y] = [Math.floor((re + 0.6) / step + width / 2), Math.floor(height / 2 - im / step)];
      const at = 4 * (y * width + x);
      return String(data.subarray(at, at + 4)) === '7,9,15,255';
    };
    const numbers = [
      [0, 0],
      [-1, 0],
      [-0.1, 0.7],
      [-0.1, -0.7],
      [0.5, 0],
      [-1, 0.5],
      [0.3, 0.8],
      [-1.6, -0.3],
    ] as const;
    const inside = numbers.map(isInside);
    expect(inside).toEqual([true, true, true, true, false, false, false, false]);
  });

  test('a move gives up what is stale, and the new picture comes', async ({ page }) => {
    await slider(page).fill('2');
    await draw(page);
    const workers = page.workers();
    await zoomThrice(page);
    await drawn(page);
    await expect(where(page)).toHaveText(/^8\.00× at /);
    expect(await givenUp(page)).toBeGreaterThan(0);
    expect(await figure(page, 'pool', 'tiles')).toMatch(/^(\d+)\/\1$/);
    // Those who were told to stop did: none of them had to be ended.
    expect(page.workers()).toEqual(workers);
    // Nothing stale is in it: it is what the same view gives when nobody moves.
    const { sum } = await pixels(page);
    const before = await givenUp(page);
    await draw(page);
    expect((await pixels(page)).sum).toBe(sum);
    expect(await givenUp(page)).toBe(before);
  });

  test('Stop gives it up', async ({ page }) => {
    await canvas(page).focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    await explorer(page).getByRole('button', { name: 'Stop' }).click();
    await expect(status(explorer(page))).toHaveText('Stopped');
    const before = await pixels(page);
    expect(await givenUp(page)).toBeGreaterThan(0);
    await page.waitForTimeout(300);
    expect(await pixels(page)).toEqual(before);
    await draw(page);
  });

  test('the page’s own thread paints the same', async ({ page }) => {
    await draw(page);
    await zoomThrice(page);
    await drawn(page);
    const { sum, colours } = await pixels(page);
    expect(colours).toBeGreaterThan(500);
    await ownThread(page).check();
    await expect(status(explorer(page))).toHaveText('Drawing…');
    await drawn(page);
    expect(await figure(page, 'page', 'threads')).toBe('1');
    expect((await pixels(page)).sum).toBe(sum);
    await expect.poll(() => page.workers().length).toBe(0);
    await ownThread(page).uncheck();
    await drawn(page);
    expect((await pixels(page)).sum).toBe(sum);
  });

  test('the page stays smooth while workers paint, and does not while it paints itself', async ({ page }) => {
    test.slow();
    await canvas(page).focus();
    // Into the set: there all numbers take all rounds.
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    await drawn(page);
    // A machine that has other things to do drops frames whoever paints: then it is measured again.
    await expect(async () => {
      await draw(page);
      await ownThread(page).check();
      await drawn(page);
      const pool = Number(await figure(page, 'pool', 'longest'));
      const own = Number(await figure(page, 'page', 'longest'));
      const rates = [await figure(page, 'pool', 'rate'), await figure(page, 'page', 'rate')].map(Number);
      await ownThread(page).uncheck();
      await drawn(page);
      test.info().annotations.push({ type: 'longest frame', description: `pool ${pool} ms, page ${own} ms` });
      expect(pool).toBeGreaterThan(0);
      expect(pool).toBeLessThan(own);
      expect(rates[0]).toBeGreaterThan(rates[1] as number);
    }).toPass({ timeout: 200_000 });
  });

  test('as many workers as the slider says', async ({ page }) => {
    await canvas(page).focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press('+');
    await drawn(page);
    await slider(page).focus();
    await page.keyboard.press('Home');
    await expect(status(explorer(page))).toHaveText('Drawing…');
    await drawn(page);
    await expect.poll(() => page.workers().length).toBe(1);
    expect(await figure(page, 'pool', 'threads')).toBe('1');
    await slider(page).fill('5');
    await expect(status(explorer(page))).toHaveText('Drawing…');
    await drawn(page);
    await expect.poll(() => page.workers().length).toBe(5);
    expect(Number(await figure(page, 'pool', 'threads'))).toBeGreaterThan(1);
    expect(Number(await figure(page, 'pool', 'threads'))).toBeLessThanOrEqual(5);
    await expect(explorer(page).locator('.count')).toHaveText('5');
  });
});

test.describe('moving', () => {
  test('with keys and with buttons', async ({ page }) => {
    const at = async (pattern: RegExp) => expect(where(page)).toHaveText(pattern);
    const press = async (name: string) => explorer(page).getByRole('button', { name }).click();
    await canvas(page).focus();
    expect(await canvas(page).evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    await page.keyboard.press('+');
    await at(/^2\.00× at −0\.\d+ \+ 0\.0+ i$/);
    await page.keyboard.press('ArrowUp');
    await at(/^2\.00× at −0\.\d+ \+ 0\.[1-9]\d* i$/);
    await page.keyboard.press('0');
    await at(/^1\.00× at −0\.600 \+ 0\.000 i$/);
    await press('Zoom out');
    await at(/^0\.500× at /);
    await press('Zoom in');
    await press('Go down');
    await at(/^1\.00× at −0\.600 − 0\.\d+ i$/);
    await press('Go right');
    await at(/^1\.00× at 0\.\d+ − /);
    await press('1×: show all of it');
    await at(/^1\.00× at −0\.600 \+ 0\.000 i$/);
    await drawn(page);
  });

  test('with the wheel once the picture has the focus, and by dragging', async ({ page }) => {
    await canvas(page).evaluate((element) => element.scrollIntoView({ block: 'center', behavior: 'instant' }));
    await canvas(page).hover();
    const top = () => page.evaluate(() => scrollY);
    const before = await top();
    await page.mouse.wheel(0, -60);
    await expect.poll(top).toBeLessThan(before);
    await expect(where(page)).toHaveText(/^1\.00× at −0\.600 \+ 0\.000 i$/);

    await canvas(page).click();
    await expect(canvas(page)).toBeFocused();
    const still = await top();
    await page.mouse.wheel(0, -200);
    await expect(where(page)).toHaveText(/^2\.00× at /);
    expect(await top()).toBe(still);

    const text = await where(page).textContent();
    const box = (await canvas(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 90, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await expect(where(page)).not.toHaveText(text ?? '');
    await expect(where(page)).toHaveText(/^2\.00× at −0\.\d+ [+−] /);
    await drawn(page);
  });
});

test.describe('the section', () => {
  test('its workers belong to no example, and examples leave them alone', async ({ page }) => {
    await draw(page);
    const process = card(page, 'process');
    expect((await run(process)).map(({ text }) => text)).toEqual(['hello bob']);
    // New workers start while an example runs, whose process never gets its code, and is then stopped.
    let requests = 0;
    await page.route(EXECUTABLE, (route) => (++requests === 1 ? undefined : route.continue()));
    await runButton(process).click();
    await expect.poll(() => requests).toBe(1);
    await slider(page).fill('3');
    await expect(status(explorer(page))).toHaveText('Drawing…');
    await drawn(page);
    await stopButton(process).click();
    await expect(status(process)).toHaveText(/^Stopped after \d+ ms · Process-\d+: exit code -15$/);
    await expect.poll(() => page.workers().length).toBe(3);
    await draw(page);
  });

  test('tells a failure, and recovers', async ({ page, complaints }) => {
    await page.route(EXECUTABLE, (route) => route.abort());
    await drawButton(page).click();
    await expect(status(explorer(page))).toHaveText(/^Failed: .*could not be started/, { timeout: 90_000 });
    for (const text of complaints.splice(0)) expect(text).toMatch(/could not be started|ERR_FAILED/);
    await page.unroute(EXECUTABLE);
    await draw(page);
  });

  for (const width of [360, 1280]) {
    test(`does not move when the picture comes, at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      const boxes = () =>
        explorer(page)
          .locator('.picture, .moves, .controls, .settings, .figures tr, .strip, .notice')
          .evaluateAll((parts) => parts.map((part) => [part.clientWidth, part.clientHeight]));
      const before = await boxes();
      await draw(page);
      await zoomThrice(page);
      await drawn(page);
      expect(await boxes()).toEqual(before);
    });
  }

  test('fits every width', async ({ page }) => {
    await draw(page);
    for (const width of [360, 390, 600, 800, 1000, 1280, 2000]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const cut = await explorer(page)
        .locator('.stage, .moves, .where, .controls, .settings, .measured, .figures th, .figures td, .keys, .notice')
        .evaluateAll((parts) =>
          parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.outerHTML),
        );
      expect(cut, `at ${width} px`).toEqual([]);
    }
    // The picture has the new size, too.
    await drawn(page);
    expect((await pixels(page)).colours).toBeGreaterThan(500);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is readable in the ${colorScheme} scheme`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await draw(page);
      const parts =
        'h2, .summary, .where, .status, label, .count, .stale, .given-up, caption, th, td, .legend, .keys, .notice';
      await expectReadable(explorer(page).locator(parts));
    });
  }

  test('shows the frames at the end only to those who asked for less motion', async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const bars = async () => (await read(explorer(page).locator('.strip'))).data.some((value) => value !== 0);
    await canvas(page).focus();
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    await expect(explorer(page).locator('[data-mode="pool"] [data-column="tiles"]')).toHaveText(/^[1-9]\d*\//);
    expect(await bars()).toBe(false);
    await drawn(page);
    expect(await bars()).toBe(true);
    expect(
      await explorer(page)
        .locator('.status')
        .evaluate((e) => getComputedStyle(e, '::before').animationName),
    ).toBe('none');
  });

  test('works from the keyboard alone', async ({ page }) => {
    await drawButton(page).focus();
    await page.keyboard.press('Enter');
    await drawn(page);
    await expect(drawButton(page)).toBeFocused();
    await ownThread(page).focus();
    await page.keyboard.press('Space');
    await expect(ownThread(page)).toBeChecked();
    await drawn(page);
    await expect(status(card(page, 'process'))).not.toHaveText(ended);
  });
});
