// What a manager's server holds for others: locks and what is made of them. Clients that die at any step.

import { beforeEach, describe, expect, it } from 'vitest';
import { BrokenBarrierError, InvalidStateError } from '../../src/errors.ts';
import { Barrier } from '../../src/managers/server/held/barrier.ts';
import { Condition } from '../../src/managers/server/held/condition.ts';
import { Event } from '../../src/managers/server/held/event.ts';
import { Lock, RLock } from '../../src/managers/server/held/lock.ts';
import { BoundedSemaphore, Semaphore } from '../../src/managers/server/held/semaphore.ts';
import { copyOut } from '../../src/managers/server/held/value.ts';
import { Log, Peer, sleep, tick } from './peer.ts';

let a: Peer;
let b: Peer;
let c: Peer;
let d: Peer;
let log: Log;
beforeEach(() => {
  [a, b, c, d] = ['a', 'b', 'c', 'd'].map((title) => new Peer(title)) as [Peer, Peer, Peer, Peer];
  log = new Log();
});

const never = { block: false };

describe('what all waits have in common', () => {
  it('a wait leaves no timer and no listener behind, however it ends', async () => {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    const running = new Set<unknown>();
    globalThis.setTimeout = ((callback: () => void, ms: number) => {
      const timer = set(() => {
        running.delete(timer);
        callback();
      }, ms);
      running.add(timer);
      return timer;
    }) as never;
    globalThis.clearTimeout = ((timer: number | undefined) => {
      running.delete(timer);
      clear(timer);
    }) as never;
    try {
      let heard = 0;
      const listened = (controller: AbortController): AbortController => {
        const { signal } = controller;
        const { addEventListener: add, removeEventListener: remove } = signal;
        signal.addEventListener = ((...args: Parameters<typeof add>) => {
          heard++;
          add.apply(signal, args);
        }) as typeof add;
        signal.removeEventListener = ((...args: Parameters<typeof remove>) => {
          heard--;
          remove.apply(signal, args);
        }) as typeof remove;
        return controller;
      };
      const event = new Event();
      const [call, option] = [listened(new AbortController()), listened(new AbortController())];
      const start = (name: string, timeout: number): void => {
        const options = { timeout, signal: option.signal };
        log.add(
          name,
          a.call(() => event.wait(options), call),
        );
      };
      start('woken', 1e12);
      expect([running.size, heard, a.listeners]).toEqual([1, 2, 1]);
      event.set();
      expect([running.size, heard, a.listeners]).toEqual([0, 0, 0]);
      event.clear();
      start('late', 5);
      while (log.of('late') === 'waits') await new Promise((resolve) => set(resolve, 5));
      expect([running.size, heard, a.listeners]).toEqual([0, 0, 0]);
      start('given up', 1000);
      option.abort('enough');
      expect([running.size, heard, a.listeners]).toEqual([0, 0, 0]);
      log.add(
        'dead',
        b.call(() => event.wait({ timeout: 1000 })),
      );
      expect([running.size, b.listeners]).toEqual([1, 1]);
      b.die();
      expect([running.size, b.listeners]).toEqual([0, 0]);
      await new Promise((resolve) => set(resolve, 0));
      expect(log.of('woken')).toEqual({ value: true });
      expect(log.of('late')).toEqual({ value: false });
      expect(log.of('given up')).toEqual({ error: 'enough' });
      expect(log.of('dead')).toHaveProperty('error');
    } finally {
      globalThis.setTimeout = set;
      globalThis.clearTimeout = clear;
    }
  });

  it('either signal gives the wait up, and one that is aborted already ends it before it began', async () => {
    const lock = new Lock();
    a.call(() => lock.acquire());
    const [byCall, byOption] = [new AbortController(), new AbortController()];
    log.add(
      'call',
      b.call(() => lock.acquire({ signal: new AbortController().signal }), byCall),
    );
    log.add(
      'option',
      b.call(() => lock.acquire({ signal: byOption.signal })),
    );
    byCall.abort('1');
    byOption.abort('2');
    await tick();
    expect([log.errorOf('call'), log.errorOf('option')]).toEqual(['1', '2']);
    const catching = (body: () => unknown): unknown => {
      try {
        return body();
      } catch (error) {
        return error;
      }
    };
    expect(catching(() => b.call(() => lock.acquire({ signal: byOption.signal })))).toBe('2');
    expect(catching(() => b.call(() => lock.acquire(), byCall))).toBe('1');
    lock.release();
    expect(catching(() => b.call(() => lock.acquire({ signal: byOption.signal })))).toBe('2');
    expect(lock.locked()).toBe(false);
  });

  it('wrong options are refused by the call, and the server itself may call', () => {
    const lock = new Lock();
    expect(() => lock.acquire(5 as never)).toThrow(TypeError);
    expect(() => lock.acquire({ timeout: 'x' as never })).toThrow(TypeError);
    expect(() => lock.acquire({ signal: {} as never })).toThrow(/AbortSignal/);
    expect(() => new RLock().acquire({ scope: 'x' as never })).toThrow(/scope must be a number/);
    expect(lock.acquire()).toBe(true);
    expect(String(lock)).toBe('<Lock(owner=the server)>');
    expect(lock.acquire(never)).toBe(false);
  });

  it('a client that has ended is given nothing any more', () => {
    a.die();
    const lock = new Lock();
    expect(() => a.call(() => lock.acquire())).toThrow(/a has ended/);
    expect(() => a.call(() => new Semaphore().acquire())).toThrow(InvalidStateError);
    expect(() => a.call(() => new Barrier(1).wait())).toThrow(InvalidStateError);
    expect(lock.locked()).toBe(false);
  });
});

describe('Lock', () => {
  it('LOCK-01 LOCK-05 MGR-22 one holds it, any may release it, and a free one cannot be released', () => {
    const lock = new Lock();
    expect(() => lock.release()).toThrow(InvalidStateError);
    expect([a.call(() => lock.acquire()), a.call(() => lock.acquire(never))]).toEqual([true, false]);
    expect([String(lock), lock[copyOut](), lock.locked()]).toEqual(['<Lock(owner=a)>', true, true]);
    b.call(() => lock.release());
    expect([String(lock), lock[copyOut](), a.listeners]).toEqual(['<Lock(owner=None)>', false, 0]);
    expect(() => b.call(() => lock.release())).toThrow(InvalidStateError);
  });

  it('LOCK-04 a time that runs out answers false, not too early', async () => {
    const lock = new Lock();
    a.call(() => lock.acquire());
    expect([0, -5].map((timeout) => b.call(() => lock.acquire({ timeout })))).toEqual([false, false]);
    expect(b.call(() => lock.acquire({ block: false, timeout: 1000 }))).toBe(false);
    const start = performance.now();
    expect(await b.call(() => lock.acquire({ timeout: 60 }))).toBe(false);
    expect(performance.now() - start).toBeGreaterThanOrEqual(60);
    a.call(() => lock.release());
    expect(lock.locked()).toBe(false);
  });

  it('who waits gets it in turn; who gave up or died meanwhile is passed over', async () => {
    const lock = new Lock();
    const e = new Peer('e');
    a.call(() => lock.acquire());
    const controller = new AbortController();
    log.add(
      'b',
      b.call(() => lock.acquire(), controller),
    );
    log.add(
      'c',
      c.call(() => lock.acquire()),
    );
    log.add(
      'd',
      d.call(() => lock.acquire()),
    );
    log.add(
      'e',
      e.call(() => lock.acquire({ timeout: 10_000 })),
    );
    controller.abort('no');
    c.die();
    lock.release();
    expect(String(lock)).toBe('<Lock(owner=d)>');
    expect(a.call(() => lock.acquire(never))).toBe(false);
    lock.release();
    await tick();
    expect(log.order).toEqual(['b', 'c', 'd', 'e']);
    expect([log.of('d'), log.of('e'), lock.abandoned()]).toEqual([{ value: true }, { value: true }, false]);
  });

  it('LOCK-07 MGR-40 a holder that dies frees it at once, and the next learns of it', async () => {
    const lock = new Lock();
    a.call(() => lock.acquire());
    log.add(
      'b',
      b.call(() => lock.acquire()),
    );
    a.die();
    await tick();
    expect([log.of('b'), lock.abandoned(), String(lock)]).toEqual([{ value: true }, true, '<Lock(owner=b)>']);
    b.call(() => lock.release());
    expect([lock.abandoned(), c.call(() => lock.acquire()), lock.abandoned()]).toEqual([false, true, false]);
    c.die();
    expect([lock.locked(), lock.abandoned()]).toEqual([false, false]);
    expect([d.call(() => lock.acquire(never)), lock.abandoned()]).toEqual([true, true]);
  });

  it('MGR-22 what a dead client holds can be released, once', () => {
    const lock = new Lock();
    a.call(() => lock.acquire());
    a.die();
    b.call(() => lock.release());
    expect(() => b.call(() => lock.release())).toThrow(InvalidStateError);
    expect([c.call(() => lock.acquire()), lock.abandoned()]).toEqual([true, false]);
  });

  it('who was given it and dies before it could know held it', async () => {
    const lock = new Lock();
    a.call(() => lock.acquire());
    log.add(
      'b',
      b.call(() => lock.acquire()),
    );
    log.add(
      'c',
      c.call(() => lock.acquire()),
    );
    a.call(() => lock.release());
    b.die();
    await tick();
    expect([log.of('c'), lock.abandoned(), String(lock)]).toEqual([{ value: true }, true, '<Lock(owner=c)>']);
  });

  it('a death that is seen before it is told does not let anybody overtake', async () => {
    const lock = new Lock();
    a.call(() => lock.acquire());
    log.add(
      'b',
      b.call(() => lock.acquire()),
    );
    log.add(
      'c',
      c.call(() => lock.acquire()),
    );
    a.isGone = b.isGone = true;
    expect(d.call(() => lock.acquire(never))).toBe(false);
    expect([String(lock), lock.abandoned()]).toEqual(['<Lock(owner=c)>', true]);
    a.die();
    b.die();
    await tick();
    expect([String(lock), log.of('c')]).toEqual(['<Lock(owner=c)>', { value: true }]);
  });
});

describe('RLock', () => {
  it('RLCK-01 RLCK-02 MGR-23 MGR-40 its owner goes deeper; others wait, and cannot release it', () => {
    const lock = new RLock();
    expect([1, 2, 3].map(() => a.call(() => lock.acquire()))).toEqual([true, true, true]);
    expect([String(lock), b.call(() => lock.acquire(never))]).toEqual(['<RLock(a, 3)>', false]);
    expect(() => b.call(() => lock.release())).toThrow(InvalidStateError);
    for (let i = 0; i < 3; i++) {
      expect(lock[copyOut]()).toBe(true);
      a.call(() => lock.release());
    }
    expect(() => a.call(() => lock.release())).toThrow(InvalidStateError);
    expect([String(lock), lock[copyOut]()]).toEqual(['<RLock(None, 0)>', false]);
    expect(b.call(() => lock.acquire(never))).toBe(true);
  });

  it('RLCK-04 the scopes of one client exclude each other, and each goes deeper itself', async () => {
    const lock = new RLock();
    const acquire = (scope?: number): boolean => a.call(() => lock.acquire({ ...never, scope })) as boolean;
    const release = (scope?: number): void => a.call(() => lock.release({ scope }));
    expect([acquire(1), acquire(1), acquire(2), acquire()]).toEqual([true, true, false, false]);
    expect(() => release()).toThrow(InvalidStateError);
    expect(() => release(2)).toThrow(InvalidStateError);
    log.add(
      '2',
      a.call(() => lock.acquire({ scope: 2 })),
    );
    log.add(
      'plain',
      a.call(() => lock.acquire()),
    );
    release(1);
    await tick();
    expect(log.order).toEqual([]);
    release(1);
    await tick();
    expect([log.order, String(lock)]).toEqual([['2'], '<RLock(a, 1)>']);
    release(2);
    await tick();
    expect([log.order, acquire(), acquire(3), acquire()]).toEqual([['2', 'plain'], true, true, false]);
    release();
    release();
    expect([lock.locked(), b.call(() => lock.acquire(never))]).toEqual([true, false]);
    release(3);
    expect([lock.locked(), b.call(() => lock.acquire(never))]).toEqual([false, true]);
  });

  it('the end of a scope inside a plain acquire lets the tasks of that client on, before other clients', async () => {
    const lock = new RLock();
    a.call(() => lock.acquire());
    a.call(() => lock.acquire({ scope: 1 }));
    log.add(
      'b',
      b.call(() => lock.acquire()),
    );
    log.add(
      'a2',
      a.call(() => lock.acquire({ scope: 2 })),
    );
    log.add(
      'a plain',
      a.call(() => lock.acquire()),
    );
    a.call(() => lock.release({ scope: 1 }));
    await tick();
    expect(log.order).toEqual(['a2']);
    a.call(() => lock.release({ scope: 2 }));
    await tick();
    expect(log.order).toEqual(['a2', 'a plain']);
    a.call(() => lock.release());
    a.call(() => lock.release());
    await tick();
    expect(log.order).toEqual(['a2', 'a plain', 'b']);
  });

  it('RLCK-05 MGR-40 an owner that dies loses it, however deeply it held it', async () => {
    const lock = new RLock();
    a.call(() => lock.acquire());
    a.call(() => lock.acquire({ scope: 7 }));
    log.add(
      'b',
      b.call(() => lock.acquire()),
    );
    a.die();
    await tick();
    expect([log.of('b'), lock.abandoned(), String(lock)]).toEqual([{ value: true }, true, '<RLock(b, 1)>']);
    b.die();
    expect(() => c.call(() => lock.release())).toThrow(InvalidStateError);
    expect([c.call(() => lock.acquire({ scope: 7 })), String(lock)]).toEqual([true, '<RLock(c, 1)>']);
  });
});

describe('Semaphore', () => {
  it('SEM-01 SEM-02 SEM-04 SEM-10 counts; only a bounded one has a most', () => {
    const semaphore = new Semaphore(2);
    expect([1, 2, 3].map(() => a.call(() => semaphore.acquire(never)))).toEqual([true, true, false]);
    expect(semaphore.getValue()).toBe(0);
    for (let i = 0; i < 4; i++) semaphore.release();
    expect([semaphore.getValue(), semaphore[copyOut](), String(semaphore)]).toEqual([4, 4, '<Semaphore(value=4)>']);
    const bounded = new BoundedSemaphore(2);
    expect(() => bounded.release()).toThrow(RangeError);
    a.call(() => bounded.acquire());
    expect(String(bounded)).toBe('<BoundedSemaphore(value=1, maxvalue=2)>');
    bounded.release();
    expect([bounded.getValue(), new Semaphore().getValue()]).toEqual([2, 1]);
    expect(() => new Semaphore(2 ** 31 - 1).release()).toThrow(RangeError);
  });

  it('MGR-43 refuses wrong values', () => {
    expect(() => new Semaphore(-1)).toThrow(RangeError);
    expect(() => new BoundedSemaphore(2 ** 31)).toThrow(RangeError);
    expect(() => new Semaphore(1.5)).toThrow(TypeError);
  });

  it('SEM-05 SEM-08 units go to who waits, in turn; those of the dead stay taken', async () => {
    const semaphore = new Semaphore(1);
    expect(await a.call(() => semaphore.acquire())).toBe(true);
    expect(await b.call(() => semaphore.acquire({ timeout: 20 }))).toBe(false);
    log.add(
      'b',
      b.call(() => semaphore.acquire()),
    );
    log.add(
      'c',
      c.call(() => semaphore.acquire()),
    );
    log.add(
      'd',
      d.call(() => semaphore.acquire()),
    );
    a.die();
    b.die();
    semaphore.release();
    await tick();
    expect(log.order).toEqual(['b', 'c']);
    c.die();
    semaphore.release();
    await tick();
    expect([log.order, semaphore.getValue()]).toEqual([['b', 'c', 'd'], 0]);
  });
});

describe('Condition', () => {
  const waits = (condition: Condition, peers: Record<string, Peer>, options = {}): void => {
    for (const [name, peer] of Object.entries(peers)) {
      peer.call(() => condition.acquire());
      log.add(
        name,
        peer.call(() => condition.wait(options)),
      );
    }
  };
  const notify = (condition: Condition, peer: Peer, n?: number): void => {
    expect(peer.call(() => condition.acquire(never))).toBe(true);
    peer.call(() => (n === undefined ? condition.notifyAll() : condition.notify(n)));
    peer.call(() => condition.release());
  };

  it('COND-10 COND-13 COND-16 MGR-25 MGR-38 needs its lock, which may be a given one', () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    for (const call of [() => condition.wait(), () => condition.notify(), () => condition.notifyAll()]) {
      expect(() => a.call(call)).toThrow(InvalidStateError);
      b.call(() => lock.acquire());
      expect(() => a.call(call)).toThrow(InvalidStateError);
      lock.release();
    }
    expect(a.call(() => condition.acquire())).toBe(true);
    expect([lock.locked(), condition[copyOut]()]).toEqual([true, true]);
    expect(() => a.call(() => condition.notify(1.5))).toThrow(TypeError);
    expect(String(condition)).toBe('<Condition(<Lock(owner=a)>, 0)>');
    a.call(() => condition.release());
    expect([lock.locked(), condition[copyOut]()]).toEqual([false, false]);
    expect(() => new Condition({} as never)).toThrow(TypeError);
    expect(String(new Condition(null))).toBe('<Condition(<RLock(None, 0)>, 0)>');
  });

  it('COND-03 COND-14 notify(n) wakes exactly n, those who have waited longest, and no latecomer', async () => {
    const condition = new Condition(new Lock());
    waits(condition, { a, b, c });
    d.call(() => condition.acquire());
    d.call(() => condition.notify(2));
    // d itself comes too late for that.
    log.add(
      'd',
      d.call(() => condition.wait()),
    );
    await tick();
    expect(log.order).toEqual(['a']);
    a.call(() => condition.release());
    await tick();
    expect(log.order).toEqual(['a', 'b']);
    b.call(() => condition.release());
    await tick();
    expect([log.order, String(condition)]).toEqual([['a', 'b'], '<Condition(<Lock(owner=None)>, 2)>']);
    notify(condition, a);
    for (const peer of [c, d]) {
      await tick();
      peer.call(() => condition.release());
    }
    expect(log.order).toEqual(['a', 'b', 'c', 'd']);
    notify(condition, a, 3);
  });

  it('COND-04 COND-11 frees an RLock completely, scopes too, and has it back as deeply when the time ran out', async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    for (const scope of [undefined, undefined, 4, 4]) a.call(() => condition.acquire({ scope }));
    for (const timeout of [0, -1]) expect(a.call(() => condition.wait({ timeout }))).toBe(false);
    log.add(
      'a',
      a.call(() => condition.wait({ timeout: 20 })),
    );
    expect(b.call(() => lock.acquire(never))).toBe(true);
    await sleep(40);
    expect(log.of('a')).toBe('waits');
    b.call(() => lock.release());
    await tick();
    expect([log.of('a'), String(lock)]).toEqual([{ value: false }, '<RLock(a, 4)>']);
    expect(() => a.call(() => lock.release({ scope: 3 }))).toThrow(InvalidStateError);
    for (const scope of [4, 4, undefined, undefined]) a.call(() => condition.release({ scope }));
    expect(lock.locked()).toBe(false);
  });

  it('COND-04 COND-11 has it back also where the time is up before the call has returned', async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    a.call(() => condition.acquire());
    // A thread that comes to a stand between two lines.
    let time = performance.now();
    const { now } = performance;
    performance.now = () => (time += 4);
    let late: unknown;
    try {
      late = a.call(() => condition.wait({ timeout: 6 }));
    } finally {
      performance.now = now;
    }
    expect(lock.locked()).toBe(false);
    expect(await late).toBe(false);
    expect(String(lock)).toBe('<RLock(a, 1)>');
  });

  it('a wait that is given up has the lock back first; a notification that was faster counts', async () => {
    const condition = new Condition(new Lock());
    const [first, second] = [new AbortController(), new AbortController()];
    a.call(() => condition.acquire());
    log.add(
      'a',
      a.call(() => condition.wait(), first),
    );
    b.call(() => condition.acquire());
    log.add(
      'b',
      b.call(() => condition.wait(), second),
    );
    c.call(() => condition.acquire());
    first.abort('enough');
    c.call(() => condition.notify());
    second.abort('too late');
    await tick();
    expect(log.order).toEqual([]);
    c.call(() => condition.release());
    await tick();
    expect([log.of('a'), log.of('b'), String(condition)]).toEqual([
      { error: 'enough' },
      'waits',
      '<Condition(<Lock(owner=a)>, 0)>',
    ]);
    a.call(() => condition.release());
    await tick();
    expect(log.of('b')).toEqual({ value: true });
  });

  it('two tasks of one client: the one that waited does not go deeper into what the other holds', async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    waits(condition, { a }, { timeout: 10 });
    a.call(() => lock.acquire());
    await sleep(30);
    expect([log.of('a'), String(lock)]).toEqual(['waits', '<RLock(a, 1)>']);
    a.call(() => lock.release());
    await tick();
    expect([log.of('a'), String(lock)]).toEqual([{ value: false }, '<RLock(a, 1)>']);
  });

  it('COND-15 a waiter that died is not counted, and does not take the lock', async () => {
    for (const lock of [new Lock(), new RLock(), new Semaphore(1)]) {
      const condition = new Condition(lock);
      const [x, y] = [new Peer('x'), new Peer('y')];
      waits(condition, { x, y });
      x.die();
      notify(condition, c, 1);
      await tick();
      expect([log.of('x'), log.of('y')]).toEqual([{ error: expect.anything() }, { value: true }]);
      y.call(() => condition.release());
      expect(d.call(() => lock.acquire(never))).toBe(true);
    }
  });

  it('COND-15 a notified waiter that dies before it has the lock hands its notification on, not to a latecomer', async () => {
    const condition = new Condition(new Lock());
    waits(condition, { a, b });
    c.call(() => condition.acquire());
    c.call(() => condition.notify());
    log.add(
      'c',
      c.call(() => condition.wait()),
    );
    // a has the lock: it may not know yet.
    expect(String(condition)).toBe('<Condition(<Lock(owner=a)>, 2)>');
    a.die();
    await tick();
    expect([log.of('b'), log.of('c')]).toEqual([{ value: true }, 'waits']);
    b.die();
    await tick();
    expect([log.of('c'), String(condition)]).toEqual(['waits', '<Condition(<Lock(owner=None)>, 1)>']);
  });

  it.each([new Lock(), new RLock(), new Semaphore(1)])(
    'COND-15 a notified waiter that dies in the line for the lock hands its notification on: %s',
    async (lock) => {
      const condition = new Condition(lock);
      waits(condition, { a, b, c });
      d.call(() => condition.acquire());
      d.call(() => condition.notify());
      a.die();
      b.die();
      await tick();
      expect(log.order).toEqual(['a', 'b']);
      d.call(() => condition.release());
      await tick();
      expect(log.of('c')).toEqual({ value: true });
    },
  );

  it('a notification with no heir is over, and one that was heard of is not handed on', async () => {
    const condition = new Condition(new Lock());
    waits(condition, { a });
    notify(condition, b, 1);
    a.die();
    waits(condition, { c, d });
    await tick();
    expect(String(condition)).toBe('<Condition(<Lock(owner=None)>, 2)>');
    notify(condition, b, 1);
    // c hears of it, and waits again.
    log.add(
      'c again',
      c.call(() => condition.wait()),
    );
    c.die();
    await tick();
    expect(log.of('d')).toBe('waits');
  });

  it('a death that is only seen by the next who asks hands the notification on, too', async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    waits(condition, { a, b });
    notify(condition, c, 1);
    a.isGone = true;
    expect(d.call(() => lock.acquire(never))).toBe(true);
    expect(lock.abandoned()).toBe(true);
    d.call(() => lock.release());
    await tick();
    expect(log.of('b')).toEqual({ value: true });
  });
});

describe('Event', () => {
  it('EVT-01 EVT-02 EVT-04 sets, clears, and waits', async () => {
    const event = new Event();
    expect([event.isSet(), String(event), event[copyOut]()]).toEqual([false, '<Event unset>', false]);
    for (const timeout of [0, -1]) expect(a.call(() => event.wait({ timeout }))).toBe(false);
    expect(await a.call(() => event.wait({ timeout: 20 }))).toBe(false);
    event.set();
    event.set();
    expect([a.call(() => event.wait()), String(event), event[copyOut]()]).toEqual([true, '<Event set>', true]);
    event.clear();
    expect(event.isSet()).toBe(false);
  });

  it('EVT-05 EVT-07 EVT-08 releases all who wait, though cleared at once, whoever died', async () => {
    const event = new Event();
    for (const peer of [a, b, c, d])
      log.add(
        peer.title,
        peer.call(() => event.wait()),
      );
    b.die();
    event.set();
    event.clear();
    log.add(
      'later',
      a.call(() => event.wait()),
    );
    await tick();
    expect(log.order).toEqual(['b', 'a', 'c', 'd']);
    expect(log.of('later')).toBe('waits');
  });
});

describe('Barrier', () => {
  const wait = (barrier: Barrier, ...peers: Peer[]): void => {
    for (const peer of peers) {
      try {
        log.add(
          peer.title,
          peer.call(() => barrier.wait()),
        );
      } catch (error) {
        log.add(peer.title, Promise.reject(error));
      }
    }
  };
  const isBroken = { error: expect.any(BrokenBarrierError) };

  it('MGR-43 refuses wrong arguments', () => {
    expect(() => new Barrier(0)).toThrow(RangeError);
    expect(() => new Barrier(1.5)).toThrow(TypeError);
    expect(() => new Barrier(2, { action: 5 as never })).toThrow(TypeError);
    expect(() => new Barrier(2, { timeout: 'x' as never })).toThrow(TypeError);
  });

  it('BAR-01 BAR-02 MGR-26 lets all pass, each with a number of its own, round after round', async () => {
    const barrier = new Barrier(3);
    expect(barrier.parties()).toBe(3);
    for (let round = 0; round < 3; round++) {
      const peers = [a, b, c].slice(round).concat([a, b, c].slice(0, round));
      wait(barrier, ...peers.slice(0, 2));
      await tick();
      expect([log.order, barrier.nWaiting(), barrier[copyOut](), String(barrier)]).toEqual([
        [],
        2,
        2,
        '<Barrier waiters=2/3>',
      ]);
      expect(peers[2]?.call(() => barrier.wait())).toBe(2);
      await tick();
      expect(peers.slice(0, 2).map(({ title }) => log.of(title))).toEqual([{ value: 0 }, { value: 1 }]);
      expect([barrier.nWaiting(), barrier.broken()]).toEqual([0, false]);
      log = new Log();
    }
    expect(a.call(() => new Barrier(1).wait())).toBe(0);
  });

  it('BAR-04 BAR-05 BAR-13 BAR-17 abort breaks it until reset, and reset breaks only the round', async () => {
    const barrier = new Barrier(3);
    wait(barrier, a, b);
    barrier.abort();
    wait(barrier, c);
    await tick();
    expect([log.of('a'), log.of('b'), log.of('c')]).toEqual([isBroken, isBroken, isBroken]);
    expect([barrier.broken(), String(barrier), barrier.nWaiting()]).toEqual([true, '<Barrier broken>', 0]);
    barrier.reset();
    wait(barrier, a, b);
    barrier.reset();
    await tick();
    expect([log.of('a'), log.of('b'), barrier.broken()]).toEqual([isBroken, isBroken, false]);
    wait(barrier, a, b, c);
    await tick();
    expect(['a', 'b', 'c'].map((name) => log.of(name))).toEqual([{ value: 0 }, { value: 1 }, { value: 2 }]);
    barrier.reset();
    expect(barrier.broken()).toBe(false);
    barrier.abort();
    expect(barrier.broken()).toBe(true);
  });

  it('BAR-07 BAR-08 BAR-11 a time that runs out breaks it; a call can override the default', async () => {
    const barrier = new Barrier(3, { timeout: 20 });
    wait(barrier, a);
    log.add(
      'b',
      b.call(() => barrier.wait({ timeout: null })),
    );
    await sleep(50);
    expect([log.of('a'), log.of('b'), barrier.broken()]).toEqual([isBroken, isBroken, true]);
    barrier.reset();
    log.add(
      'c',
      c.call(() => barrier.wait({ timeout: null })),
    );
    expect(() => a.call(() => barrier.wait({ timeout: 0 }))).toThrow(BrokenBarrierError);
    await tick();
    expect([log.of('c'), barrier.broken()]).toEqual([isBroken, true]);
  });

  it('BAR-16 a party that dies or gives up breaks it for the others', async () => {
    for (const leave of ['dies', 'gives up', 'is seen to be gone']) {
      const [x, y, z] = ['x', 'y', 'z'].map((title) => new Peer(title)) as [Peer, Peer, Peer];
      const barrier = new Barrier(3);
      const controller = new AbortController();
      log.add(
        'x',
        x.call(() => barrier.wait(), controller),
      );
      wait(barrier, y);
      if (leave === 'dies') x.die();
      else if (leave === 'gives up') controller.abort('enough');
      else x.isGone = true;
      wait(barrier, z);
      await tick();
      expect([log.of('y'), log.of('z'), barrier.broken()]).toEqual([isBroken, isBroken, true]);
      if (leave === 'gives up') expect(log.errorOf('x')).toBe('enough');
      // A death that was seen before it is told breaks nothing that came after.
      barrier.reset();
      wait(barrier, y);
      x.die();
      await tick();
      expect([log.of('y'), barrier.broken()]).toEqual(['waits', false]);
    }
  });

  it('the last runs the action before any is released; what it throws breaks the barrier', async () => {
    const ran: number[] = [];
    const barrier: Barrier = new Barrier(2, {
      action: () => {
        ran.push(barrier.nWaiting());
        if (ran.length === 2) throw new RangeError('no');
      },
    });
    wait(barrier, a, b);
    await tick();
    expect([ran, log.of('a'), log.of('b')]).toEqual([[1], { value: 0 }, { value: 1 }]);
    wait(barrier, a);
    expect(() => b.call(() => barrier.wait())).toThrow(RangeError);
    await tick();
    expect([log.of('a'), barrier.broken()]).toEqual([isBroken, true]);
  });

  /** A barrier of two whose action is being run, and how to end that. */
  const acting = (
    x = a,
    y = b,
  ): { barrier: Barrier; done: PromiseWithResolvers<void>; controller: AbortController } => {
    const controller = new AbortController();
    const done = Promise.withResolvers<void>();
    let first = true;
    const barrier = new Barrier(2, {
      timeout: 20,
      action: () => {
        if (!first) return undefined;
        first = false;
        return done.promise;
      },
    });
    wait(barrier, x);
    log.add(
      y.title,
      y.call(() => barrier.wait(), controller),
    );
    return { barrier, done, controller };
  };

  it('BAR-14 an async action is waited for without a limit; who comes meanwhile is for the next round', async () => {
    const { barrier, done } = acting();
    wait(barrier, c, d);
    await sleep(50);
    expect([log.order, barrier.nWaiting(), barrier.broken()]).toEqual([[], 2, false]);
    done.resolve();
    await tick();
    // By then the time of c had run out.
    expect(['a', 'b', 'c', 'd'].map((name) => log.of(name))).toEqual([{ value: 0 }, { value: 1 }, isBroken, isBroken]);
  });

  it('BAR-14 those who came early pass together, and one of them that dies breaks nothing', async () => {
    const { barrier, done } = acting();
    const e = new Peer('e');
    wait(barrier, e, c, d);
    e.die();
    done.resolve();
    await tick();
    expect(['a', 'b', 'c', 'd'].map((name) => log.of(name))).toEqual([0, 1, 0, 1].map((value) => ({ value })));
    expect([barrier.nWaiting(), barrier.broken()]).toEqual([0, false]);
  });

  it('an async action that fails, and what ends its round before it', async () => {
    const fails = acting();
    fails.done.reject(new RangeError('no'));
    await tick();
    expect([log.of('a'), log.of('b')]).toEqual([isBroken, { error: expect.any(RangeError) }]);
    for (const end of ['reset', 'abort'] as const) {
      const { barrier, done } = acting();
      barrier[end]();
      await tick();
      expect([log.of('a'), log.of('b'), barrier.broken()]).toEqual([isBroken, isBroken, end === 'abort']);
      barrier.reset();
      wait(barrier, c);
      done.resolve();
      await tick();
      expect(log.of('c')).toBe('waits');
      wait(barrier, d);
      await tick();
      expect([log.of('c'), log.of('d')]).toEqual([{ value: 0 }, { value: 1 }]);
    }
    const [x, y] = [new Peer('x'), new Peer('y')];
    const unseen = acting(x, y);
    x.isGone = true;
    unseen.done.resolve();
    await tick();
    expect([log.of('y'), unseen.barrier.broken()]).toEqual([isBroken, true]);
    for (const lost of ['first', 'last', 'last gives up']) {
      const [x, y] = [new Peer('x'), new Peer('y')];
      const { barrier, done, controller } = acting(x, y);
      if (lost === 'last gives up') controller.abort('enough');
      else (lost === 'first' ? x : y).die();
      await tick();
      expect([log.of(lost === 'first' ? 'y' : 'x'), barrier.broken()]).toEqual([isBroken, true]);
      if (lost === 'last gives up') expect(log.errorOf('y')).toBe('enough');
      done.resolve();
      await tick();
      expect(barrier.broken()).toBe(true);
    }
  });
});
