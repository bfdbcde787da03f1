// The demo page for its tests: opened, listened to, and its cards by name.

import { test as base, expect, type Locator, type Page } from '@playwright/test';

/** A page that was opened, and must not complain; a test that expects complaints takes them out of the list. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      await listenTo(page, complaints);
      await page.goto('/');
      // The last of its sections, which are there a moment after the cards.
      await page.locator('#capabilities').waitFor({ state: 'attached' });
      await use(complaints);
      // Workers may still ask for files, which nobody is to hold back any more.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Notes what a page, its frames and its processes complain of. */
export async function listenTo(page: Page, complaints: string[]): Promise<void> {
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
}

export const card = (page: Page, id: string): Locator => page.locator(`#${id}`);
export const runButton = (of: Locator): Locator => of.getByRole('button', { name: /^Run / });
export const stopButton = (of: Locator): Locator => of.getByRole('button', { name: /^Stop / });
export const status = (of: Locator): Locator => of.getByRole('status');
export const ended = /^(?:Finished in|Failed after|Stopped after) \d+ ms/;

export interface Printed {
  readonly name: string;
  readonly pid: number;
  readonly text: string;
}

export const printed = (of: Locator): Promise<Printed[]> =>
  of.locator('.line').evaluateAll((lines) =>
    lines.map((line) => ({
      name: line.querySelector('.name')?.textContent ?? '',
      pid: Number(line.querySelector('.pid')?.textContent?.replace('pid ', '')),
      text: line.querySelector('.text')?.textContent ?? '',
    })),
  );

export const texts = async (of: Locator): Promise<string[]> => (await printed(of)).map(({ text }) => text);

/** Runs a card, and answers what it printed. */
export async function run(of: Locator): Promise<Printed[]> {
  await runButton(of).click();
  await expect(runButton(of)).not.toHaveAttribute('aria-disabled', 'true', { timeout: 90_000 });
  await expect(status(of)).toHaveText(ended);
  return printed(of);
}

type Ground = 'color' | 'backgroundColor';

export const luminance = async (of: Locator, property: Ground): Promise<number> =>
  (await luminances(of))[0]?.[property] ?? Number.NaN;

/** All text has the contrast that WCAG asks for. */
export async function expectReadable(parts: Locator): Promise<void> {
  const pale = (await luminances(parts)).filter(({ color, backgroundColor }) => {
    const [dark, bright] = [Math.min(color, backgroundColor), Math.max(color, backgroundColor)];
    return (bright + 0.05) / (dark + 0.05) < 4.5;
  });
  expect(pale).toEqual([]);
}

/**
 * The relative luminance of colours, as WCAG has it, when they have changed to what they shall be; of the nearest background
 * that is not transparent. All of it is read in one go: a page that lives may have other elements by the next.
 */
function luminances(of: Locator): Promise<({ readonly html: string } & Readonly<Record<Ground, number>>)[]> {
  return of.evaluateAll((elements) => {
    const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('No canvas.');
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
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
    const nearest = (element: Element, property: 'color' | 'backgroundColor'): number => {
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const colour = getComputedStyle(at)[property];
        if (!known.has(colour)) known.set(colour, luminanceOf(colour));
        const found = known.get(colour);
        if (found !== undefined) return found;
      }
      throw new Error('All of it is transparent.');
    };
    // A row may have gone since it was looked for: then it has no colours.
    return elements
      .filter(({ isConnected }) => isConnected)
      .map((element) => ({
        html: element.outerHTML,
        color: nearest(element, 'color'),
        backgroundColor: nearest(element, 'backgroundColor'),
      }));
  });
}
