// What compiles of sync/, and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

// Whatever can be acquired answers what its body does.
declare const lock: mp.Lock;
declare const rlock: mp.RLock;
declare const semaphore: mp.Semaphore;
declare const cond: mp.Condition;
same<ReturnType<typeof semaphore.with<Promise<number>>>, Promise<number>>(true);
same<ReturnType<typeof cond.withSync<string>>, string>(true);
same<Awaited<ReturnType<typeof cond.acquire>>, boolean>(true);
const held: Disposable = await cond.guard({ timeout: 500, signal: AbortSignal.timeout(5) });
held satisfies Disposable;
// @ts-expect-error: a guard cannot be asked not to block
lock.guardSync({ block: false });
// @ts-expect-error: a timeout is never positional
semaphore.acquire(500);
// @ts-expect-error: a blocking call has no signal
cond.waitSync({ signal: AbortSignal.timeout(5) });

// An RLock gives a handle that goes deeper; the others give nothing more than what releases.
same<Awaited<ReturnType<typeof rlock.guard>>, mp.RLockHold>(true);
const five: Promise<number> = rlock.with((outer) => outer.with(async (inner) => inner.withSync(() => 5)));
void five;
lock.with((it) => {
  // @ts-expect-error: a Lock is not re-entrant
  it.with(() => {});
});
// @ts-expect-error: only a process acquires; a handle has scopes
rlock.guardSync().acquire();

// Semaphores.
new mp.Semaphore();
const bounded: mp.Semaphore = new mp.BoundedSemaphore(2);
same<ReturnType<typeof bounded.getValue>, number>(true);
// @ts-expect-error: release takes no count
semaphore.release(2);
// @ts-expect-error: a number
new mp.Semaphore('1');

// Conditions.
new mp.Condition();
new mp.Condition(null);
for (const any of [lock, rlock, semaphore, bounded]) new mp.Condition(any);
// @ts-expect-error: not something to be acquired
new mp.Condition(new mp.Event());
same<Awaited<ReturnType<typeof cond.waitFor<'a' | false>>>, 'a' | false>(true);
const found: Promise<string | undefined> = cond.waitFor(() => ['a'].at(0), { timeout: 500 });
const awaited: Promise<number> = cond.waitFor(async () => 5);
void [found, awaited];
cond.notify();
cond.notify(2);
// @ts-expect-error: notifyAll takes no count
cond.notifyAll(2);

// Events and barriers.
declare const event: mp.Event;
same<Awaited<ReturnType<typeof event.wait>>, boolean>(true);
same<ReturnType<typeof event.isSet>, boolean>(true);
const barrier = new mp.Barrier(2, { action: () => 5, timeout: null });
same<Awaited<ReturnType<typeof barrier.wait>>, number>(true);
same<ReturnType<typeof barrier.waitSync>, number>(true);
new mp.Barrier(2);
// @ts-expect-error: how many?
new mp.Barrier();
// @ts-expect-error: an action has no arguments
new mp.Barrier(2, { action: (n: number) => n });
// @ts-expect-error: read-only
barrier.broken = false;

// They go to processes as they are.
declare function work(barrier: mp.Barrier, cond: mp.Condition): void;
new mp.Process({ target: work, args: [barrier, cond] });
// @ts-expect-error: another class
new mp.Process({ target: work, args: [event, cond] });
