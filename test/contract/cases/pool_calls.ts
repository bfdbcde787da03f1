// The turn of each call of a pool, whatever carries it; and what calls can carry.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as tasks from '../../fixtures/pool.ts';
import { type Cases, errorOf, needs, range, start } from '../harness.ts';

/** A task that holds a worker until it may go on; it has begun. */
async function hold(pool: mp.Pool, options = {}): Promise<{ gate: mp.Event; held: mp.AsyncResult<void> }> {
  const [begun, gate] = [new mp.Event(), new mp.Event()];
  const held = pool.applyAsync(tasks.waitFor, [begun, gate], options);
  await begun.wait();
  return { gate, held };
}

/** What waits in a pool of one worker, in the order in which it is to come. */
const inOrder = (calls: readonly (readonly [name: string, priority: number])[]): string[] =>
  calls.toSorted(([, a], [, b]) => b - a).map(([name]) => name);

const LARGE = 1 << 20;

export const poolCallsCases: Cases = {
  'null stands for each option that is not given': async (d) => {
    await using pool = new d.Pool(1, { preload: null, maxtasksperchild: null, idleTimeout: null, initializer: null });
    const options = { signal: null, timeout: null, priority: null } as const;
    assert.equal(await pool.apply(tasks.square, [3], options), 9);
    assert.deepEqual(await pool.map(tasks.square, [1, 2, 3], { ...options, chunksize: null }), [1, 4, 9]);
    assert.deepEqual(await pool.imap(tasks.square, [3], { ...options, chunksize: null }).next(), {
      done: false,
      value: 9,
    });
    const process = new mp.Process({ target: tasks.square, args: [4], name: null, daemon: null });
    assert.match(process.name, /^Process-/);
    process.start();
    assert.equal(await d.result(process), 16);
    const [here, there] = mp.Pipe<Uint8Array>();
    await d.call(here, 'sendBytes', new Uint8Array(5), null as never, null);
    assert.lengthOf(await d.call(there, 'recvBytes', null), 5);
    assert.instanceOf(new mp.BaseManager({ address: null, authkey: null, ctx: null }), mp.BaseManager);
  },

  'a call that travels by message does not wait behind a busy worker (fault 38)': async (d) => {
    await using pool = new d.Pool(2);
    const { gate, held } = await hold(pool);
    const moved = new Float64Array(10).fill(2);
    const sum = pool.applyAsync(tasks.sumOf, [mp.transfer(moved, [moved.buffer])]);
    const texts = range(6).map((i) => pool.applyAsync(tasks.textOf, [new Blob([`${i}`])]));
    const plain = range(6).map((i) => pool.applyAsync(tasks.square, [i]));
    assert.equal(await d.call(sum, 'get'), 20);
    for (const [i, text] of texts.entries()) assert.equal(await d.call(text, 'get'), `${i}`);
    for (const [i, each] of plain.entries()) assert.equal(await d.call(each, 'get'), i * i);
    assert.isFalse(held.ready());
    gate.set();
    await d.call(held, 'get');
  },

  'it goes to whichever worker is free first (fault 38)': async (d) => {
    for (const first of [0, 1]) {
      await using pool = new d.Pool(2);
      const both = [await hold(pool), await hold(pool)] as const;
      const text = pool.applyAsync(tasks.textOf, [new Blob(['a'])]);
      const plain = pool.applyAsync(tasks.square, [3]);
      both[first as 0].gate.set();
      assert.equal(await d.call(text, 'get'), 'a');
      assert.equal(await d.call(plain, 'get'), 9);
      assert.isFalse(both[(1 - first) as 0].held.ready());
      both[(1 - first) as 0].gate.set();
      await d.call(both[(1 - first) as 0].held, 'get');
    }
  },

  'it costs nobody its turn where workers die or are replaced (fault 38)': async (d) => {
    await using pool = new d.Pool(2, { maxtasksperchild: 3 });
    const results = range(60).map((i) =>
      i % 10 === 4
        ? pool.applyAsync(tasks.closeSelfWith, [new Blob(['x'])])
        : i % 2
          ? pool.applyAsync(tasks.textOf, [new Blob([`${i}`])])
          : pool.applyAsync(tasks.square, [i]),
    );
    for (const [i, result] of results.entries()) {
      if (i % 10 === 4)
        assert.instanceOf(await errorOf(() => d.call(result as mp.AsyncResult<unknown>, 'get')), mp.WorkerDiedError);
      else assert.equal(await d.call(result as mp.AsyncResult<unknown>, 'get'), i % 2 ? `${i}` : i * i);
    }
  },

  'it is given up while it waits, and terminate() ends it': async (d) => {
    const pool = new d.Pool(1);
    const { gate, held } = await hold(pool);
    const control = new AbortController();
    const given = pool.applyAsync(tasks.textOf, [new Blob(['given up'])], { signal: control.signal });
    const kept = pool.applyAsync(tasks.textOf, [new Blob(['kept'])]);
    control.abort(new Error('no more'));
    assert.equal(((await errorOf(() => d.call(given, 'get'))) as Error).message, 'no more');
    gate.set();
    await d.call(held, 'get');
    assert.equal(await d.call(kept, 'get'), 'kept');
    await hold(pool);
    const lost = pool.applyAsync(tasks.textOf, [new Blob(['lost'])]);
    pool.terminate();
    assert.instanceOf(await errorOf(() => d.call(lost, 'get')), mp.ProcessError);
    await d.call(pool, 'join');
  },

  'the more urgent call is first, equals come in order, whatever carries them (fault 28)': needs(
    'memory',
    async (d) => {
      for (const fillers of [0, 200]) {
        const turns = new Int32Array(new SharedArrayBuffer(4));
        await using pool = new d.Pool(1, { initializer: tasks.share, initargs: [turns] });
        const { gate, held } = await hold(pool);
        const calls: (readonly [string, number])[] = [];
        const results: mp.AsyncResult<number>[] = [];
        const call = (name: string, priority: number, blob = false): void => {
          calls.push([name, priority]);
          const options = priority === 0 ? {} : { priority };
          results.push(pool.applyAsync(tasks.count, [blob ? new Blob([name]) : name], options));
        };
        for (let i = 0; i < fillers; i++) call(`filler ${i}`, 0, i % 50 === 7);
        call('a', 0);
        call('low', -1);
        call('b', 0, true);
        call('high', 5);
        call('lowest', -1e9, true);
        call('high too', 5, true);
        call('higher', 5.5);
        for (let i = 0; i < fillers; i++) call(`later ${i}`, i % 3);
        call('c', 0);
        call('first', Number.MAX_VALUE, true);
        gate.set();
        await d.call(held, 'get');
        const order: string[] = [];
        for (const [i, result] of results.entries())
          order[await d.call(result, 'get')] = (calls[i] as [string, number])[0];
        assert.deepEqual(order, inOrder(calls));
      }
    },
  ),

  'an urgent call overtakes the chunks of a map that no worker has begun (fault 28)': async (d) => {
    await using pool = new d.Pool(1);
    const { gate } = await hold(pool);
    const order: string[] = [];
    const chunks = pool.mapAsync(tasks.square, range(300), { chunksize: 1, callback: () => void order.push('map') });
    const urgentMap = pool.mapAsync(tasks.square, range(4), {
      chunksize: 2,
      priority: 2,
      callback: () => void order.push('urgent map'),
    });
    const urgent = pool.applyAsync(tasks.square, [3], { priority: 3, callback: () => void order.push('urgent') });
    const stream = pool.imap(tasks.square, range(3), { priority: 2 });
    gate.set();
    assert.equal(await d.call(urgent, 'get'), 9);
    assert.deepEqual(await d.call(urgentMap, 'get'), [0, 1, 4, 9]);
    assert.lengthOf(await d.call(chunks, 'get'), 300);
    assert.deepEqual(order, ['urgent', 'urgent map', 'map']);
    for (const x of range(3)) assert.deepEqual(await stream.next(), { done: false, value: x * x });
  },

  'urgent calls among very many, while workers take them (fault 28)': async (d) => {
    await using pool = new d.Pool(2);
    const results = range(3000).map((i) => pool.applyAsync(tasks.square, [i], i % 7 === 3 ? { priority: i % 11 } : {}));
    for (const [i, result] of results.entries()) assert.equal(await d.call(result, 'get'), i * i);
  },

  'a priority is a finite number': async (d) => {
    await using pool = new d.Pool(1);
    for (const priority of [Number.NaN, Number.POSITIVE_INFINITY, '1', {}, 1n]) {
      const options = { priority } as never;
      for (const call of [
        () => pool.apply(tasks.square, [1], options),
        () => pool.applyAsync(tasks.square, [1], options),
        () => pool.map(tasks.square, [1], options),
        () => pool.starmapAsync(tasks.add, [[1, 2]], options),
        () => pool.imap(tasks.square, [1], options),
      ]) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, TypeError);
        assert.match(error.message, /^priority must be a finite number/);
      }
    }
    assert.equal(await pool.apply(tasks.square, [2], { priority: undefined }), 4);
  },

  'shared objects go with calls, at any depth, to whichever worker takes them': needs('memory', async (d) => {
    await using pool = new d.Pool(2);
    const [lock, value, counts] = [new mp.Lock(), new mp.Value('i', 0), new mp.Array('i', 2)];
    const account: tasks.Account = { lock, parts: [value, new Map([['counts', counts]])] };
    await d.call(
      pool.mapAsync(
        tasks.addUnder,
        range(20)
          .fill(0)
          .map(() => account),
        { chunksize: 3 },
      ),
      'get',
    );
    for (const _ of range(5)) await d.call(pool.applyAsync(tasks.addUnder, [account]), 'get');
    assert.equal(value.value, 25);
    assert.equal(counts[1], 25);
    const queue = new mp.SimpleQueue<string>();
    const put = pool.applyAsync(tasks.putInto, [queue, 'here']);
    assert.equal(await d.getSimple(queue), 'here');
    await d.call(put, 'get');
  }),

  'a call is handed on to its worker though its owner blocks on something else': async (d) => {
    await using pool = new d.Pool(1);
    for (let i = 0; i < 3; i++) {
      const queue = new mp.SimpleQueue<string>();
      // The worker is not there yet, or at work.
      const nap = pool.applyAsync(tasks.squareLater, [i, 5]);
      const put = pool.applyAsync(tasks.putInto, [queue, 'here']);
      assert.equal(await d.getSimple(queue), 'here');
      await d.call(put, 'get');
      assert.equal(await d.call(nap, 'get'), i * i);
    }
  },

  'shared objects come back as results': async (d) => {
    await using pool = new d.Pool(2, { maxtasksperchild: 1 });
    const {
      made: [queue],
    } = await pool.apply(tasks.makeQueue, ['first']);
    assert.equal(await queue.get(), 'first');
    await pool.apply(tasks.putInto, [queue, 'second']);
    assert.equal(await queue.get(), 'second');
    // Its holder has ended.
    const lock = await pool.apply(tasks.makeHeldLock);
    assert.isTrue(await lock.acquire());
    assert.isTrue(lock.abandoned);
    lock.release();
    for (const end of await pool.map(tasks.makeEnd, ['one', 'two', 'three'], { chunksize: 1 })) {
      assert.include(['one', 'two', 'three'], await end.recv());
      assert.instanceOf(await errorOf(() => end.recv()), mp.EOFError);
    }
  },

  'an end of a pipe is held by the worker that got it, until it closes it or dies': async (d) => {
    await using pool = new d.Pool(1);
    for (const end of ['closes', 'dies'] as const) {
      const [mine, its] = mp.Pipe<string>();
      await d.call(pool.applyAsync(tasks.sendThrough, [its as never, 'hello', end === 'closes']), 'get');
      const ended = end === 'dies' ? pool.applyAsync(tasks.dieWith, [its as never]) : undefined;
      its.close();
      assert.equal(await mine.recv(), 'hello');
      if (ended !== undefined) assert.instanceOf(await errorOf(() => d.call(ended, 'get')), mp.WorkerDiedError);
      assert.instanceOf(await errorOf(() => mine.recv()), mp.EOFError);
    }
  },

  'a result that cannot be looked at is refused, and its worker lives (fault 04)': async (d) => {
    await using pool = new d.Pool(1);
    const worker = await pool.apply(tasks.pid, [0]);
    for (const how of ['revoked', 'then', 'constructor'] as const) {
      const error = await errorOf(() => pool.apply(tasks.unreadable, [how]));
      assert.instanceOf(error, Error, how);
      assert.notInstanceOf(error, mp.WorkerDiedError, how);
    }
    assert.equal(await pool.apply(tasks.pid, [0]), worker);
  },

  'a function that is not registered is refused by the name of the call, and by its text (fault 46)': async (d) => {
    await using pool = new d.Pool(1);
    const f = (x: number) => x * 3;
    const calls: Readonly<Record<string, () => unknown>> = {
      apply: () => pool.apply(f, [1]),
      applyAsync: () => pool.applyAsync(f, [1]),
      map: () => pool.map(f, [1, 2]),
      mapAsync: () => pool.mapAsync(f, [1, 2]),
      starmap: () => pool.starmap(f, [[1]]),
      starmapAsync: () => pool.starmapAsync(f, [[1]]),
      imap: () => pool.imap(f, [1]).next(),
      imapUnordered: () => pool.imapUnordered(f, [1]).next(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const { message } = (await errorOf(call)) as Error;
      const start = `the first argument of Pool.${name}() is a function that is not registered: export it, `;
      assert.isTrue(message.startsWith(start), message);
      // Its text, which is minified in a process.
      assert.match(message.slice(start.length), /^[^,]*\w ?\* ?3[^,]*, from a module/);
    }
    const { message } = (await errorOf(() => pool.map(tasks.echo, [{ f }]))) as Error;
    assert.match(message, /^items\[0\]\.f is a function that is not registered: export it, .*\w ?\* ?3/);
  },

  'an item that cannot travel is named by its place among all items': async (d) => {
    await using pool = new d.Pool(2);
    const items = [0, 1, 2, 3, { a: Symbol('s') }];
    const message = 'items[4].a is a symbol, which cannot travel';
    for (const chunksize of [1, 2, 3]) {
      const error = await errorOf(() => pool.map(tasks.echo, items, { chunksize }));
      assert.equal((error as Error).message, message);
    }
    const stream = pool.imap(tasks.echo, items, { chunksize: 2 });
    for (const i of range(4)) assert.deepEqual(await stream.next(), { done: false, value: i });
    assert.equal(((await errorOf(() => stream.next())) as Error).message, message);
  },

  'what starmap cannot spread is refused by its place, at the call': async (d) => {
    await using pool = new d.Pool(1);
    for (const call of ['starmap', 'starmapAsync'] as const) {
      const error = await errorOf(() => pool[call](tasks.square, [[1], 5 as never]));
      assert.instanceOf(error, TypeError);
      assert.equal((error as Error).message, `Pool.${call}(f, items): items[1] must be iterable, not number`);
    }
  },

  'a task is known by the name that it was registered by (fault 46)': async (d) => {
    await using pool = new d.Pool(1);
    const { message } = (await errorOf(() => pool.apply(tasks.closeSelf))) as Error;
    assert.match(message, / while it held pool\.closeSelf\(\)$/);
    const late = (await errorOf(() => pool.apply(tasks.squareLater, [3, 1e6], { timeout: 0 }))) as Error;
    assert.match(late.message, /^pool\.squareLater\(\) took more than 0 ms$/);
  },

  'what is behind a Proxy, and a signal, are refused with what to do': needs('memory', async (d) => {
    await using pool = new d.Pool(1);
    for (const shared of [new mp.Lock(), new mp.Queue(), new mp.Event(), new mp.Value('i'), mp.Pipe()[0]]) {
      const proxy = new Proxy(shared, {});
      const error = (await errorOf(() => pool.apply(tasks.echo, [{ proxy }] as never))) as Error;
      assert.match(error.message, /^args\[0\]\.proxy is a Proxy of an? \w+, .* \(in Vue: toRaw\(\)\)/);
    }
    const { signal } = new AbortController();
    const error = (await errorOf(() => pool.apply(tasks.echo, [signal] as never))) as Error;
    assert.match(error.message, /^args\[0\] is an AbortSignal, .*option "signal".*taskSignal\(\)/);
  }),

  'large calls that wait do not get what others move (fault 38)': async (d) => {
    await using pool = new d.Pool(1);
    const { gate, held } = await hold(pool);
    const long = pool.applyAsync(tasks.lengthOf, ['x'.repeat(LARGE)]);
    const moved = new Float64Array(10).fill(2);
    const sum = pool.applyAsync(tasks.sumOf, [mp.transfer(moved, [moved.buffer])]);
    gate.set();
    await d.call(held, 'get');
    assert.equal(await d.call(long, 'get'), LARGE);
    assert.equal(await d.call(sum, 'get'), 20);
  },

  'a call that is never sent holds nothing': async (d) => {
    const pool = new d.Pool(1);
    await hold(pool);
    const [[mine, its], [mineToo, itsToo]] = [mp.Pipe<string>(), mp.Pipe<string>()];
    const control = new AbortController();
    const given = errorOf(() => pool.apply(tasks.dieWith, [its as never], { signal: control.signal }));
    const lost = errorOf(() => pool.apply(tasks.dieWith, [itsToo as never]));
    const unsent = [its, () => 1];
    assert.instanceOf(await errorOf(() => pool.apply(tasks.echo, [unsent] as never)), mp.DataCloneError);
    its.close();
    itsToo.close();
    control.abort();
    await given;
    pool.terminate();
    await lost;
    await pool.join();
    assert.instanceOf(await errorOf(() => mine.recv()), mp.EOFError);
    assert.instanceOf(await errorOf(() => mineToo.recv()), mp.EOFError);
  },

  'a pool of a process takes what its parent would give a pool': needs('memory', async () => {
    const process = start(tasks.poolOfShared);
    assert.deepEqual(await process.result(), [3, 'inside', 7 * LARGE]);
  }),

  'large data is the same, shared within and copied at the call, by whatever way it goes (fault 25)': async (d) => {
    await using pool = new d.Pool(1);
    const { gate, held } = await hold(pool);
    for (const length of [1000, LARGE]) {
      const large = tasks.makeLarge(length);
      const waiting = pool.applyAsync(tasks.sumLarge, [large]);
      large.bytes.fill(0);
      if (length === LARGE) gate.set();
      assert.equal(large.buffer.byteLength, length);
      if (length === LARGE) {
        assert.equal(await d.call(waiting, 'get'), 7 * length);
        await d.call(held, 'get');
      }
      large.bytes.fill(7);
      if (length < LARGE) continue;
      assert.equal(await d.call(pool.applyAsync(tasks.sumLarge, [large]), 'get'), 7 * length);
      const back = await d.call(pool.applyAsync(tasks.makeLarge, [length]), 'get');
      assert.equal(tasks.sumLarge(back), 7 * length);
      const echoed = await d.call(pool.applyAsync(tasks.echo<tasks.Large>, [large]), 'get');
      assert.equal(tasks.sumLarge(echoed), 7 * length);
      const text = 'x'.repeat(length);
      assert.equal(await d.call(pool.applyAsync(tasks.echo<string>, [text]), 'get'), text);
      const process = start(tasks.sumLarge, large);
      assert.equal(await d.result(process), 7 * length);
    }
  },

  'many strings are copied at the call, with what is shared and named among them': async (d) => {
    await using pool = new d.Pool(1);
    const { gate, held } = await hold(pool);
    const shared = { text: 'shared' };
    const rows = range(8000).map((i) => ({
      text: `a text of some length, ${i}`,
      beside: [shared, tasks.square] as const,
    }));
    const calls = [pool.applyAsync(tasks.echo<typeof rows>, [rows]), pool.applyAsync(tasks.echo<typeof rows>, [rows])];
    const refused = await errorOf(() => d.call(pool.applyAsync(tasks.echo<unknown>, [[rows, () => 1]]), 'get'));
    assert.include((refused as Error).message, 'args[0][1] is a function');
    const process = start(tasks.echo<typeof rows>, rows);
    rows.length = 0;
    gate.set();
    await d.call(held, 'get');
    for (const call of [...calls, process]) {
      const back = call === process ? await d.result(process) : await d.call(call as (typeof calls)[0], 'get');
      assert.equal(back.length, 8000);
      const first = back[0]?.beside[0];
      assert.deepEqual(first, shared);
      for (const [i, { text, beside }] of back.entries()) {
        assert.equal(text, `a text of some length, ${i}`);
        assert.isTrue(beside[0] === first && beside[1] === tasks.square);
      }
    }
  },

  'a reason that cannot be made again in the worker costs nothing but itself': async (d) => {
    const heard = new mp.SimpleQueue<string>();
    await using pool = new d.Pool(1, { grace: 30_000, initializer: tasks.tellTo, initargs: [heard] });
    const pid = await pool.apply(tasks.pid, [0]);
    const control = new AbortController();
    const given = pool.apply(tasks.waitForSignal, [], { signal: control.signal });
    assert.equal(await d.getSimple(heard), 'waits');
    const reason = new tasks.FragileError('fragile');
    control.abort(reason);
    assert.strictEqual(await errorOf(() => given), reason);
    assert.match(await d.getSimple(heard), /^AbortError/);
    assert.equal(await pool.apply(tasks.pid, [0]), pid);
  },

  'an error of the initializer that cannot be made again ends the calls': async (d) => {
    await using pool = new d.Pool(1, { initializer: tasks.raiseFragile });
    const error = await errorOf(() => d.call(pool.applyAsync(tasks.square, [1]), 'get'));
    assert.include((error as Error).message, 'cannot rebuild: fragile');
    const process = start(tasks.raiseFragile);
    await d.join(process);
    assert.include((process.exception as Error).message, 'cannot rebuild');
    assert.include(((await errorOf(() => d.result(process))) as Error).message, 'cannot rebuild');
  },
};
