// What compiles with managers, and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

class Shop {
  readonly name: string;
  #stock = 0;
  _secret = 1;

  constructor(name: string, stock?: number) {
    this.name = name;
    this.#stock = stock ?? 0;
  }
  sell(count: number, options?: mp.WaitOptions): number {
    return this.#stock - count - (options?.timeout ?? 0);
  }
  async later(): Promise<string> {
    return this.name;
  }
  get stock(): number {
    return this.#stock;
  }
  *sales(): Generator<[string, number], void, undefined> {
    yield ['tea', 1];
  }
  anything(): any {
    return 1;
  }
  fail(): never {
    throw new Error(this.name);
  }
  branch(city: string): Shop {
    return new Shop(city);
  }
  _hidden(): void {}
}

declare function makeShop(name: string): Shop;
declare function makeLater(): Promise<Shop>;
declare function count(to: number): Generator<number>;
declare const signal: AbortSignal;

async function builtins(): Promise<void> {
  await using manager = await mp.Manager();
  same<typeof manager, mp.SyncManager>(true);

  const dict = await manager.dict<string, number>();
  same<Awaited<ReturnType<typeof dict.get>>, number | undefined>(true);
  same<ReturnType<typeof dict.getSync>, number | undefined>(true);
  const inferred = await manager.dict([['a', 1] as const]);
  const value: 1 | undefined = await inferred.get('a');
  void value;
  await dict.set('a', 1);
  // @ts-expect-error: a number
  await dict.set('a', 'b');
  // @ts-expect-error: a string
  dict.getSync(5);
  const copied: Map<string, number> = await dict.getValue();
  void copied;
  for await (const [key, item] of dict) same<[typeof key, typeof item], [string, number]>(true);
  for (const [key] of dict) same<typeof key, string>(true);

  const mixed = await manager.dict<string, any>();
  const length: number = (await mixed.get('a')).length + mixed.getSync('a').length;
  void length;

  const list = await manager.list([1, 2, 3]);
  const item: number | undefined = await list.at(-1);
  const all: number[] = list.sliceSync(1);
  void [item, all];
  const doubled: Promise<number[]> = list.map((x) => x * 2) as Promise<number[]>;
  void doubled;
  // @ts-expect-error: numbers
  await list.append('a');
  // @ts-expect-error: Python's pop takes an index
  await list.pop('a');
  const reversed: void = await list.reverse();
  void reversed;

  const space = await manager.Namespace({ x: 1, name: 'Bob' });
  const name: string = await space.get('name');
  void name;
  // @ts-expect-error: there is no such name
  await space.get('other');
  // @ts-expect-error: a number
  await space.set('x', 'y');

  const queue = await manager.Queue<string>(3);
  await queue.put('a', { timeout: 5, signal });
  queue.putSync('a', { timeout: 5 });
  // @ts-expect-error: a thread that blocks hears no signal
  queue.putSync('a', { signal });
  const got: string = queue.getSync();
  void got;

  const lock = await manager.Lock();
  same<ReturnType<typeof lock.acquire>, Promise<boolean>>(true);
  const answer: number = await lock.with(() => 5);
  const sync: string = lock.withSync(() => 'a');
  void [answer, sync];
  {
    await using held = await lock.guard();
    void held;
  }
  await manager.Condition(lock);
  await manager.Barrier(2, { timeout: 100 });
  // @ts-expect-error: how many parties
  await manager.Barrier();

  const number = await manager.Value('i', 1);
  same<Awaited<typeof number.value>, number>(true);
  const array = await manager.Array('q', [1n]);
  const big: bigint = await array.get(0);
  void big;
  // @ts-expect-error: bigints
  await manager.Array('q', [1]);

  const pool = await manager.Pool(2);
  const mapped: number[] = await pool.map((x: number) => x, [1]);
  for await (const each of pool.imap((x: number) => String(x), [1])) same<typeof each, string>(true);
  const result = await pool.applyAsync((x: number) => x, [1]);
  const settled: number = await result.get({ timeout: 5 });
  void [mapped, settled];
}

async function given(): Promise<void> {
  class Own extends mp.BaseManager {}
  const manager = await new (Own.register('Given'))().start();
  const shop = await manager.Given(new Shop('a'));
  same<Awaited<ReturnType<typeof shop.sell>>, number>(true);
  // @ts-expect-error: only an object can be kept for others
  manager.Given(5);
  // @ts-expect-error: the object, and nothing else
  manager.GivenSync(new Shop('a'), 5);
  // @ts-expect-error: there is one serializer
  new Own({ serializer: 'json' });
}
void given;

async function registered(): Promise<void> {
  class Own extends mp.BaseManager {}
  const ShopManager = Own.register('Shop', Shop)
    .register('makeShop', makeShop)
    .register('Chain', Shop, { methodToTypeid: { branch: 'Shop' } })
    .register('Window', Shop, { exposed: ['sell', '_hidden'] })
    .register('later', makeLater)
    .register('count', count);
  await using manager = await new ShopManager({ address: 'shops', authkey: new Uint8Array(8) }).start();
  const shop = await manager.Shop('tea', 3);
  await manager.Shop('tea');
  // @ts-expect-error: the name
  await manager.Shop();
  // @ts-expect-error: of the right type
  await manager.Shop(5);
  const sold: number = await shop.sell(1, { signal });
  const now: number = shop.sellSync(1, { timeout: 5 });
  const later: string = await shop.later();
  // What extends every type is no generator.
  same<ReturnType<typeof shop.anything>, Promise<any>>(true);
  same<ReturnType<typeof shop.anythingSync>, any>(true);
  same<ReturnType<typeof shop.fail>, Promise<never>>(true);
  const stock: number = await shop.stock;
  const stockNow: number = shop.stockSync;
  const label: string = await shop.name;
  void [sold, now, later, stock, stockNow, label];
  for await (const sale of shop.sales()) same<typeof sale, [string, number]>(true);
  for (const sale of shop.salesSync()) same<typeof sale, [string, number]>(true);
  // @ts-expect-error: a number
  await shop.sell('a');
  // @ts-expect-error: not public
  await shop._hidden();
  // @ts-expect-error: no such method
  await shop.buy();
  const copy: Shop = await shop.branch('Paris');
  void copy;
  const chain = await manager.Chain('all');
  const branch = await chain.branch('Paris');
  await branch.sell(2);
  const narrow = await manager.Window('one');
  await narrow._hidden();
  // @ts-expect-error: not exposed
  await narrow.later();
  const made = await manager.makeShop('x');
  await made.sell(1);
  await (await manager.later()).sell(1);
  for await (const n of manager.count(3)) same<typeof n, number>(true);
  for (const n of manager.countSync(3)) same<typeof n, number>(true);
  const blocked = manager.ShopSync('tea');
  same<ReturnType<typeof blocked.sellSync>, number>(true);
  // @ts-expect-error: there are no built-in types
  await manager.dict();

  class Everything extends mp.SyncManager {}
  const WithShop = Everything.register('Shop', Shop);
  const both = await new WithShop().start();
  await (await both.Shop('a')).sell(1);
  await (await both.dict<string, number>()).get('a');
  // @ts-expect-error: a class or a function
  Own.register('five', 5);
  // @ts-expect-error: no such method
  Own.register('Odd', Shop, { exposed: ['fly'] });
}

void [builtins, registered];
