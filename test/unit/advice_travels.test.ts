// As advice.test.ts, of what travels.
//
// Runs in Chromium alone: what is refused is the same everywhere.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as advice from '../fixtures/advice.ts';
import * as pool from '../fixtures/pool.ts';
import * as targets from '../fixtures/targets.ts';
import { type Lessons, learn, pooled, resultOf, through } from './lesson.ts';

afterEach(expectNoneLeft);

const detached = (): ArrayBuffer => {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};

const early = () => ({
  get late(): number {
    throw new RangeError('not yet');
  },
});

function shortened() {
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
  const view = new Uint8Array(buffer, 4, 4);
  buffer.resize(4);
  return { buffer, view };
}

const travels: Lessons = {
  'a lock in a queue: as an argument': {
    told: /^item is a Lock, which travels only/,
    wrong: () => new mp.Queue().put(new mp.Lock()),
    mended: () => pooled((workers) => workers.apply(targets.releaseOnly as never, [heldLock()] as never)),
  },
  'a Blob in a queue: as an argument': {
    told: /^item is a Blob, which only the browser can move: pass it as an argument/,
    wrong: () => new mp.Queue().put(new Blob(['x'])),
    mended: () => pooled((workers) => workers.apply(pool.textOf, [new Blob(['x'])])),
  },
  'a port: by transfer()': {
    told: /^args\[0\] is a MessagePort, which only .*: mark it with transfer\(\)/,
    wrong: () => pooled((workers) => workers.apply(pool.nothing as never, [new MessageChannel().port1] as never)),
    mended: () => {
      const { port1 } = new MessageChannel();
      return pooled((workers) => workers.apply(pool.nothing as never, [mp.transfer(port1, [port1])] as never));
    },
  },
  'what is the browser’s: what it was made from': {
    told: /^args\[0\] is an Intl\.NumberFormat, which cannot travel/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new Intl.NumberFormat('de')])),
    mended: () => pooled((workers) => workers.apply(pool.echo, [{ locale: 'de' }])),
  },
  'a memory of WebAssembly: its bytes': {
    told: /^args\[0\] is a WebAssembly\.Memory, which is not shared/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new WebAssembly.Memory({ initial: 1 })])),
    mended: () =>
      pooled((workers) =>
        workers.apply(pool.echo, [new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer).subarray(0, 8)]),
      ),
  },
  'or one that is shared': {
    told: /or make it with \{ shared: true \}$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new WebAssembly.Memory({ initial: 1 })])),
    mended: () => {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      return pooled((workers) => workers.apply(pool.nothing as never, [memory] as never));
    },
  },
  'a detached buffer: a copy, moved': {
    told: /^args\[0\] is a detached ArrayBuffer/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [detached()])),
    mended: () => {
      const kept = new ArrayBuffer(8);
      const copy = kept.slice();
      return pooled((workers) => workers.apply(pool.echo, [mp.transfer(copy, [copy])]));
    },
  },
  'a view to transfer(): its buffer': {
    told: /list\[0\] cannot be moved: list its buffer$/,
    wrong: () => mp.transfer(new Uint8Array(8), [new Uint8Array(8)] as never),
    mended: () => {
      const view = new Uint8Array(8);
      return pooled((workers) => workers.apply(pool.echo, [mp.transfer(view, [view.buffer])]));
    },
  },
  'a symbol: a string': {
    told: /^args\[0\] is a symbol/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [Symbol('x') as unknown])),
    mended: () => pooled((workers) => workers.apply(pool.echo, ['x'])),
  },
  'an authkey: its bytes': {
    told: /^item is an authkey/,
    wrong: () => new mp.Queue().put(mp.currentProcess().authkey),
    mended: () => new mp.Queue().put(new Uint8Array(mp.currentProcess().authkey)),
  },
  'a Process: its pid': {
    told: /send its name or its pid$/,
    wrong: async () => new mp.Queue().put(await through()),
    mended: async () => new mp.Queue().put((await through()).pid),
  },
  'what a call of a pool answers: its result': {
    told: /^args\[0\] is an AsyncResult, which belongs to the process that made it$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [workers.applyAsync(pool.square, [3]) as unknown])),
    mended: () => pooled(async (workers) => workers.apply(pool.echo, [await workers.applyAsync(pool.square, [3])])),
  },
  'a Pool: one of a manager': {
    told: /^args\[0\] is a Pool, which belongs to the process that made it/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [workers])),
    mended: async () => {
      await using manager = await mp.Manager();
      return await (await manager.Pool(1)).apply(pool.square, [3]);
    },
  },
  'a Proxy of what is builtin: the object itself': {
    told: /^args\[0\] is a Proxy of a Map, .*: send the Map itself/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new Proxy(new Map(), {})])),
    mended: () => pooled((workers) => workers.apply(pool.echo, [new Map()])),
  },
  'a getter that throws: a value without it': {
    told: /^args\[0\]\.late could not be read: .*not yet$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [early()])),
    mended: () => pooled((workers) => workers.apply(pool.echo, [{ late: 1 }])),
  },
  'a view whose buffer became shorter: a new one': {
    told: /^item is a view that lies outside its buffer$/,
    wrong: () => new mp.Queue().put(shortened().view),
    mended: () => new mp.Queue().put(new Uint8Array(shortened().buffer)),
  },
  'a closed connection: it is sent before': {
    told: /^args\[0\] is a closed Connection$/,
    wrong: () => {
      const [, there] = mp.Pipe();
      there.close();
      return resultOf(pool.sendThrough, there, 'text', true);
    },
    mended: async () => {
      const [here, there] = mp.Pipe();
      const sent = resultOf(pool.sendThrough, there, 'text', true);
      there.close();
      const came = await here.recv();
      await sent;
      return came;
    },
  },
  '[rebuild] that answers nothing: the instance': {
    told: /^\[rebuild\]\(\) answered no object$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new advice.Hollow()])),
    mended: () => pooled((workers) => workers.apply(pool.echo, [new advice.Whole()])),
  },
  '[reduce] that leads back: without that': {
    told: /^args\[0\].* is an instance that its own \[reduce\]\(\) state holds$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new advice.Circular()])),
    mended: () => pooled((workers) => workers.apply(pool.echo, [new advice.Whole()])),
  },
};

/** What `releaseOnly` releases. */
function heldLock(): mp.Lock {
  const lock = new mp.Lock();
  lock.acquireSync();
  return lock;
}

describe('travels', () => learn(travels));
