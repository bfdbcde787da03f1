// A condition: each waiter has a slot of its own (slots.ts), and waits on the slot's STATE. So no wake-up goes to the wrong
// one, and nobody who comes later can take it.
//
//   header  TICKETS   how many have ever waited
//   slot    STATE     0 ---------> WAITING   wait(), before it frees the lock
//                     WAITING ---> NOTIFIED  notify(), for those who have waited longest
//                     WAITING ---> 0         the waiter itself: time is up, or it was aborted. Who loses this
//                                            compare-exchange to notify() was notified
//                     NOTIFIED --> 0         the waiter itself, once it has the lock back
//           TICKET    the number of this waiter: who waits longer has the lower one
//           UNTIL     once NOTIFIED: the value of TICKETS then
//
// A notification is not lost with a waiter: if its process ends before it has the lock back, its slot stays NOTIFIED, and
// whoever waited at that time, that is with a TICKET below UNTIL, takes the slot over once it hears of that:
//
//           PID       ended -----> the heir, which then gives up its own slot, WAITING -> 0. Where it finds that it was
//                                  notified itself meanwhile, it leaves the other slot to a GHOST, for the next heir
//
// notify() counts only waiters whose process is not about to end. It needs no memory but the slots and never waits.

import { isPast } from '../../base/deadline.ts';
import { pid } from '../../base/thread.ts';
import { isLeaving } from '../../memory/processes.ts';
import { spin } from '../../memory/spin.ts';
import { type Waiting, wake } from '../../memory/wait.ts';
import { type Acquirable, resuming, suspending } from '../acquirable.ts';
import type { ConditionBody } from '../bodies.ts';
import { A, B, claim, GHOST, isGone, makeSlots, PID, SLOT, STATE, vacate } from './slots.ts';

const TICKETS = 0;
const TICKET = A;
const UNTIL = B;

const WAITING = 1;
const NOTIFIED = 2;

/** Tickets go round. */
const isOlder = (ticket: number, other: number): boolean => ((ticket - other) | 0) < 0;

export class ConditionWords implements ConditionBody {
  readonly words: Int32Array;

  constructor(buffer = makeSlots()) {
    this.words = new Int32Array(buffer);
  }

  *wait(lock: Acquirable, deadline: number): Waiting<boolean> {
    const words = this.words;
    let at = claim(words, (state, at) => state !== NOTIFIED || !this.#hasHeir(at));
    words[at + TICKET] = Atomics.add(words, TICKETS, 1);
    Atomics.store(words, at + STATE, WAITING);
    const saved = lock[suspending]();
    let notified = true;
    let abort: { readonly reason: unknown } | undefined;
    try {
      for (;;) {
        if (Atomics.load(words, at + STATE) === WAITING) at = this.#inherit(at);
        if (Atomics.load(words, at + STATE) !== WAITING) break;
        if (isPast(deadline)) {
          notified = !this.#withdraw(at);
          break;
        }
        if (!spin(words, at + STATE, WAITING)) yield { words, index: at + STATE, seen: WAITING, until: deadline };
      }
    } catch (reason) {
      notified = !this.#withdraw(at);
      if (!notified) abort = { reason };
    }
    const locking = lock[resuming](saved);
    for (let step = locking.next(); !step.done; step = locking.next()) yield { ...step.value, firm: true };
    if (notified) vacate(words, at);
    if (abort) throw abort.reason;
    return notified;
  }

  /** WAITING becomes free; false where it was notified before. */
  #withdraw(at: number): boolean {
    if (Atomics.compareExchange(this.words, at + STATE, WAITING, 0) !== WAITING) return false;
    Atomics.store(this.words, at + PID, 0);
    return true;
  }

  /** Takes the notification of a dead process over, if there is one for who waits in that slot. Answers its slot from now on. */
  #inherit(at: number): number {
    const words = this.words;
    for (let other = SLOT; other < words.length; other += SLOT) {
      if (Atomics.load(words, other + STATE) !== NOTIFIED) continue;
      const owner = Atomics.load(words, other + PID);
      if (!isGone(owner) || !isOlder(words[at + TICKET] as number, words[other + UNTIL] as number)) continue;
      if (Atomics.compareExchange(words, other + PID, owner, pid) !== owner) continue;
      // Somebody may have found it useless at the same time, and was about to claim the slot.
      if (Atomics.load(words, other + STATE) !== NOTIFIED) vacate(words, other);
      else if (this.#withdraw(at)) return other;
      else {
        Atomics.store(words, other + PID, GHOST);
        return at;
      }
    }
    return at;
  }

  /** Is there anybody to take over the notification in the slot of a dead process? */
  #hasHeir(at: number): boolean {
    const until = this.words[at + UNTIL] as number;
    return this.#waiters(isGone).some((other) => isOlder(this.words[other + TICKET] as number, until));
  }

  /** The slots of those who wait, but for those whose process `is` that. */
  #waiters(is: (owner: number) => boolean): number[] {
    const words = this.words;
    const found: number[] = [];
    for (let at = SLOT; at < words.length; at += SLOT) {
      if (Atomics.load(words, at + STATE) === WAITING && !is(Atomics.load(words, at + PID))) found.push(at);
    }
    return found;
  }

  notify(_lock: Acquirable, n: number): void {
    let left = n;
    const words = this.words;
    const waiting = this.#waiters(isLeaving);
    waiting.sort((a, b) => ((words[a + TICKET] as number) - (words[b + TICKET] as number)) | 0);
    for (const at of waiting) {
      if (left <= 0) break;
      words[at + UNTIL] = Atomics.load(words, TICKETS);
      if (Atomics.compareExchange(words, at + STATE, WAITING, NOTIFIED) !== WAITING) continue;
      wake(words, at + STATE);
      left--;
    }
  }

  get waiting(): string {
    return String(this.#waiters(isGone).length);
  }
}
