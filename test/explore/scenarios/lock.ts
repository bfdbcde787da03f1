// lock() and unlock() of memory/mutex.ts: one at a time, everybody in the end, and who got it from the dead is told.

import { pid } from '../../../src/base/thread.ts';
import { withBody } from '../../../src/codec/shared.ts';
import { isAbandoned, lock, ownerOf, tryLock, unlock } from '../../../src/memory/mutex.ts';
import { block, type Waiting } from '../../../src/memory/wait.ts';
import { MutexWords } from '../../../src/sync/by_memory/mutex.ts';
import { Lock } from '../../../src/sync/lock.ts';
import { scenario } from '../machine.ts';
import { abort, demand, step } from '../model.ts';
import type { Model } from '../world.ts';

const FOREVER = Number.POSITIVE_INFINITY;

class Critical {
  readonly words = new Int32Array(new SharedArrayBuffer(4));
  entered = 0;
  #inside = 0;

  /** With the lock. */
  enter(): void {
    this.#inside = pid;
    step('inside');
    demand(this.#inside === pid, 'two held the lock at once');
    this.entered++;
  }
}

const takes = (it: Critical, times: number) =>
  function* (): Waiting<void> {
    for (let i = 0; i < times; i++) {
      demand(yield* lock(it.words, 0, FOREVER), 'lock() without a limit answered false');
      it.enter();
      demand(unlock(it.words, 0), 'nobody held it');
    }
  };

const blocks = (it: Critical, times: number) =>
  function* (): Waiting<void> {
    for (let i = 0; i < times; i++) {
      demand(block(lock(it.words, 0, FOREVER), 'lock'), 'lock() without a limit answered false');
      it.enter();
      demand(unlock(it.words, 0), 'nobody held it');
    }
  };

const isFree = (it: Critical, entered: number) =>
  function* (): Waiting<void> {
    demand(ownerOf(it.words, 0) === 0, 'somebody still holds the lock');
    demand(it.entered === entered, `${it.entered} entries instead of ${entered}`);
  };

function* competing(processes: number, times: number): Waiting<Model> {
  const it = new Critical();
  const names = [...'ABCD'].slice(0, processes);
  return {
    processes: Object.fromEntries(names.map((name) => [name, takes(it, times)])),
    check: isFree(it, processes * times),
  };
}

/** What a survivor sees when the victim may have died with the lock. */
function* killed(blocking: boolean): Waiting<Model> {
  const it = new Critical();
  let held = false;
  /** The first to enter after the victim was inside. */
  const survive = (): void => {
    if (held) demand(isAbandoned(it.words, 0), 'the lock of a dead holder is not reported as abandoned');
    held = false;
  };
  return {
    processes: {
      *A() {
        yield* lock(it.words, 0, FOREVER);
        held = true;
        step('inside');
        held = false;
        unlock(it.words, 0);
      },
      *B() {
        yield* lock(it.words, 0, FOREVER);
        survive();
        it.enter();
        unlock(it.words, 0);
      },
      *C() {
        if (blocking) block(lock(it.words, 0, FOREVER), 'lock');
        else yield* lock(it.words, 0, FOREVER);
        survive();
        it.enter();
        unlock(it.words, 0);
      },
    },
    *check() {
      demand(it.entered === 2, 'a survivor did not get the lock');
      demand(tryLock(it.words, 0), 'the lock is lost');
    },
  };
}

export const scenarios = [
  scenario({ name: 'lock: two processes, twice', bound: 4, setup: () => competing(2, 2) }),
  scenario({ name: 'lock: three processes', bound: 3, setup: () => competing(3, 1) }),
  scenario({ name: 'lock: two processes, three times, starving', bound: 3, tick: 0.2, setup: () => competing(2, 3) }),
  scenario({ name: 'lock: four processes, starving', bound: 2, tick: 0.3, setup: () => competing(4, 1) }),
  scenario({
    name: 'lock: the classes, blocking and not',
    bound: 2,
    *setup() {
      const it = new Critical();
      const shared = withBody(new MutexWords(it.words.buffer as SharedArrayBuffer), () => new Lock());
      return {
        processes: {
          *A() {
            shared.acquireSync();
            it.enter();
            shared.release();
          },
          B: takes(it, 1),
          C: blocks(it, 1),
        },
        check: isFree(it, 3),
      };
    },
  }),
  scenario({
    name: 'lock: a deadline and an abort',
    bound: 3,
    tick: 0.1,
    *setup() {
      const it = new Critical();
      let got = 0;
      return {
        processes: {
          A: takes(it, 2),
          *B() {
            try {
              if (!(yield* lock(it.words, 0, 3))) return;
            } catch {
              return;
            }
            got++;
            it.enter();
            unlock(it.words, 0);
          },
          *C() {
            step('about to abort');
            abort('B');
            yield* takes(it, 1)();
          },
        },
        *check() {
          yield* isFree(it, 3 + got)();
        },
      };
    },
  }),
  scenario({ name: 'lock: one is killed', bound: 1, victim: 'A', setup: () => killed(false) }),
  scenario({
    name: 'lock: one is killed while others block',
    bound: 1,
    victim: 'A',
    setup: () => killed(true),
  }),
];
