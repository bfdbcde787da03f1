// The built demo in the other engines: every card of the tour runs to its end.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { otherEngines, toldBy } from './engines.ts';

const demo = fileURLToPath(new URL('../dist-demo', import.meta.url));

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
    await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
  `,
};

for (const engine of otherEngines) {
  test(`the cards of the demo in ${engine}`, async () => {
    const told = (await toldBy(engine, demo, 'every-card.html', extra)) as Record<string, string>;
    expect(Object.keys(told).length).toBeGreaterThan(9);
    for (const [card, ended] of Object.entries(told)) expect(ended, card).toBe('Finished in');
  });
}
