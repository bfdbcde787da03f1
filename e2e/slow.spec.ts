// The script of a process may take its time: nothing is given up before it has come.

import { expect, test } from '@playwright/test';
import { appOf } from './examples/app.ts';
import { expectToRun } from './examples/run.ts';

/** What workers load, as the plugin calls it. */
const EXECUTABLE = /\/process(?:-[\w-]+)?\.js(?:\?|$)/;

const app = appOf('slow', {
  'src/tasks.ts': `'use multiprocessing';
    export const square = (x: number) => x * x;`,
  'src/main.ts': `import * as mp from 'web-multiprocessing';
    import { square } from './tasks';
    const p = new mp.Process({ target: square, args: [3] });
    p.start();
    await using pool = new mp.Pool(1);
    const asked = pool.apply(square, [4]);
    console.log(p.isAlive(), p.exitcode); // true, null
    console.log(await p.result()); // 9
    console.log(await asked); // 16
  `,
});

test('a script that arrives slowly is waited for, by a process and by a pool (fault 05)', async ({ page }) => {
  let requests = 0;
  // The page's own scripts come at once; those of workers are held back until both have asked.
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  await page.route(EXECUTABLE, async (route) => {
    if (++requests === 2) open();
    await gate;
    await route.continue();
  });
  await expectToRun(page, app);
  expect(requests).toBe(2);
});
