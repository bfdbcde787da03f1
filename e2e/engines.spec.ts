// The built demo in the other engines: every card of the tour runs to its end, and what a browser cannot show says so.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { otherEngines, toldBy } from './engines.ts';

const demo = fileURLToPath(new URL('../dist-demo', import.meta.url));

interface Told {
  /** What the page says of each card. */
  readonly told: Record<string, string>;
  /** The titles of the sections that it cannot show. */
  readonly missing: string[];
}

/** A page that has the demo in a frame, runs its cards one after another, and tells how each ended. */
const extra = {
  '/every-card.html':
    '<!doctype html><script type="module" src="every-card.js"></script><iframe src="./" width="1200" height="800"></iframe>',
  '/every-card.js': `
    const frame = document.querySelector('iframe');
    const until = async (check) => {
      for (;;) {
        const value = check();
        if (value) return value;
        await new Promise((done) => setTimeout(done, 20));
      }
    };
    const cards = await until(() => {
      const all = [...(frame.contentDocument?.querySelectorAll('#tour .card') ?? [])];
      return all.length > 0 && all;
    });
    const told = {};
    for (const card of cards) {
      const run = card.querySelector('button[aria-label^="Run "]');
      run.click();
      await until(() => !run.hasAttribute('aria-disabled'));
      told[card.id] = card.querySelector('[role=status]').textContent.replace(/ \\d+ ms.*/, '');
    }
    const missing = [...frame.contentDocument.querySelectorAll('.missing h2')].map((title) => title.textContent);
    await fetch('/told', { method: 'POST', body: JSON.stringify({ told, missing }) });
  `,
};

for (const engine of otherEngines) {
  test(`(fault 47) the cards of the demo in ${engine}`, async () => {
    const { told, missing } = (await toldBy(engine, demo, 'every-card.html', extra)) as Told;
    expect(Object.keys(told).length).toBeGreaterThan(9);
    for (const [card, ended] of Object.entries(told)) expect(ended, card).toBe('Finished in');
    expect(missing).toEqual([]);
  });
}
