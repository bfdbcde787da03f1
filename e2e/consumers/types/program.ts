// A program as its author's compiler meets it: every name here is the library's or standard.

import * as mp from 'web-multiprocessing';
import { Array, Event, setExecutable } from 'web-multiprocessing';

export const square = (x: number): number => x * x;

export function fill(words: mp.Queue<string>, ready: mp.Event): void {
  ready.waitSync();
  words.putSync('word');
}

export class Shop {
  sell(item: string): number {
    return item.length;
  }
}

setExecutable(() => new Worker(new URL('./executable.js', import.meta.url), { type: 'module' }), {
  tasks: { square, fill, Shop },
});

const p = new mp.Process({ target: square, args: [3] });
p.start();
export const nine: number = await p.result();

const ready = new Event();
const words = new mp.Queue<string>(3);
new mp.Process({ target: fill, args: [words, ready] }).start();
ready.set();
for await (const word of words) console.log(word.length);

await using pool = new mp.Pool(2);
export const squares: globalThis.Array<number> = await pool.map(square, [1, 2, 3]);

const lock = new mp.Lock();
{
  using _held = await lock.guard();
  const floats = new Array('d', squares);
  floats[0] = floats.length;
}

await using manager = await mp.Manager();
const stock = await manager.dict<string, number>([['tea', 10]]);
export const tea: number | undefined = await stock.get('tea');
await using shops = await new (mp.BaseManager.register('Shop', Shop))().start();
export const sold: number = await (await shops.Shop()).sell('tea');

// @ts-expect-error: an argument of the wrong type
new mp.Process({ target: square, args: ['three'] });
// @ts-expect-error: items of the wrong type
await pool.map(square, ['one']);
