// A bundler leaves out what an app does not import; a process gets it when it is given something that needs it.

import { test } from '@playwright/test';
import { appOf } from './examples/app.ts';
import { expectToRun } from './examples/run.ts';

test('the code of a process has a manager class of the app, and it is given proxies of built-in types', ({ page }) =>
  expectToRun(
    page,
    appOf('parts', {
      'src/shop.ts': `'use multiprocessing';
        import { BaseManager, type DictProxy, type LockProxy } from 'web-multiprocessing';
        export class Shop {}
        export const ShopManager = BaseManager.register('Shop', Shop);
        export const sell = (stock: DictProxy<string, number>, lock: LockProxy) =>
          lock.withSync(() => stock.setSync('tea', stock.getSync('tea')! - 1));`,
      'src/main.ts': `import * as mp from 'web-multiprocessing';
        import { sell } from './shop';
        await using manager = await mp.Manager();
        const stock = await manager.dict([['tea', 10]]);
        const p = new mp.Process({ target: sell, args: [stock, await manager.Lock()] });
        p.start();
        await p.join();
        console.log(p.exitcode, await stock.get('tea')); // 0, 9
      `,
    }),
  ));
