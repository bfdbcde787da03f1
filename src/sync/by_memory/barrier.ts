// A barrier is one word, and a slot (slots.ts) for each party that waits.
//
//   header  WORD     31 .. 16    15 .. 3    2        1 .. 0
//                    +---------+----------+--------+-------+
//                    | ROUND   | ARRIVED  | PASSED | PHASE |
//                    +---------+----------+--------+-------+
//           PARTIES  how many there are
//
//   PHASE   FILLING  parties arrive; ARRIVED counts them
//           ACTING   all have arrived, and the last runs the action
//           BROKEN   until reset()
//   PASSED  how the round before this one ended
//
//   slot    STATE    ROUND << 2, and  WAITING   in that round
//                                     THROUGH   that round ended well
//                                     FAILED    that round broke
//
// Every change is one compare-exchange of WORD. A round ends by one that goes to the next ROUND and says in PASSED how; that
// releases all who waited, for they wait for another ROUND. So there is no moment at which some are released and others
// may not be, and a party may die anywhere:
//
//   arrive   (r, n, FILLING)           -> (r, n + 1, FILLING)     after the slot says so, so that its death will be seen
//            (r, all but 1, FILLING)   -> (r, all, ACTING)        where there is an action
//   pass     (r, all but 1, FILLING)   -> (r + 1, 0, FILLING, PASSED)    where there is none
//            (r, all, ACTING)          -> (r + 1, 0, FILLING, PASSED)    by the party that ran the action
//   break    (r, n, FILLING or ACTING) -> (r + 1, 0, BROKEN)      abort(); a time that ran out; a party or action that failed
//   reset    (r, n, any)               -> (r + 1, 0, FILLING)     but for n = 0 and FILLING, where there is nothing to do
//
// The next round may fill while some of the last have not yet woken. Those read in PASSED how theirs ended, even if they
// wake as late as during the next round; before a second round ends, whoever ends it notes the outcome of the first in the
// slots of those (`note`). So a party that wakes later still finds it there.
//
// A party that dies inside wait() breaks the round that is filling: also one that had passed the round before, but had not
// yet woken, for it will not come to this one. Whoever arrives or waits sees that by the slot. A process that dies between
// two waits left nothing behind that says it was to come again: that is what timeouts are for.

import { isPast } from '../../base/deadline.ts';
import { BrokenBarrierError } from '../../errors.ts';
import { isLeaving } from '../../memory/processes.ts';
import { spin } from '../../memory/spin.ts';
import { canBlock, refuseBlocking, type Waiting, wake } from '../../memory/wait.ts';
import type { Arrival, BarrierBody } from '../bodies.ts';
import { claim, makeSlots, PID, SLOT, STATE, vacate } from './slots.ts';

const WORD = 0;
const PARTIES = 1;

const FILLING = 0;
const ACTING = 1;
const BROKEN = 2;
const PHASE = 3;
const PASSED = 4;
const ARRIVAL = 8;
export const MOST_PARTIES = (1 << 13) - 1;
const ROUND = 1 << 16;

const WAITING = 1;
const THROUGH = 2;
const FAILED = 3;
const OUTCOME = 3;

const phaseOf = (word: number): number => word & PHASE;
const arrivedIn = (word: number): number => (word >>> 3) & MOST_PARTIES;
const roundOf = (word: number): number => word >>> 16;
/** The STATE of a party that waits in the round of that word, or `offset` rounds off it. */
const waitingIn = (word: number, offset = 0): number => (((roundOf(word) + offset) & 0xffff) << 2) | WAITING;
/** Is a slot with that STATE one of a party whose death breaks the round of that word? */
const isParty = (state: number, word: number): boolean =>
  state === waitingIn(word) || (state === waitingIn(word, -1) && (word & PASSED) !== 0);

export class BarrierWords implements BarrierBody {
  readonly words: Int32Array;
  readonly #hasAction: boolean;

  constructor(buffer: SharedArrayBuffer, hasAction: boolean) {
    this.words = new Int32Array(buffer);
    this.#hasAction = hasAction;
  }

  static make(parties: number, hasAction: boolean): BarrierWords {
    const body = new BarrierWords(makeSlots(), hasAction);
    body.words[PARTIES] = parties;
    return body;
  }

  *arrive(deadline: number, blocking: boolean): Waiting<Arrival> {
    let slot: number | undefined;
    // No `finally`: a terminated process is to leave its slot as it is, so that the others see its death.
    try {
      for (;;) {
        const words = this.words;
        const word = Atomics.load(words, WORD);
        const phase = phaseOf(word);
        if (phase === BROKEN) throw broken();
        const index = arrivedIn(word);
        const last = index + 1 === this.parties;
        if (blocking && !canBlock() && (phase === ACTING || !(last || isPast(deadline)))) {
          throw refuseBlocking('Barrier.wait');
        }
        if (this.#hasLost(word)) this.#end(word, BROKEN);
        else if (phase === ACTING) {
          // The round is full: this party is for the next. It looks after those of this one, who may all die.
          yield { words, index: WORD, seen: word, until: Number.POSITIVE_INFINITY };
        } else if (last && !this.#hasAction) {
          if (!this.#end(word, FILLING | PASSED)) continue;
          if (slot !== undefined) vacate(words, slot);
          return { index };
        } else {
          slot ??= claim(words, (state) => !isParty(state, Atomics.load(words, WORD)));
          Atomics.store(words, slot + STATE, waitingIn(word));
          const arrived = word + ARRIVAL + (last ? ACTING - FILLING : 0);
          if (Atomics.compareExchange(words, WORD, word, arrived) !== word) Atomics.store(words, slot + STATE, 0);
          else if (last) return { index, slot };
          else if (!(yield* this.#released(slot, roundOf(word), deadline))) throw broken();
          else {
            vacate(words, slot);
            return { index };
          }
        }
      }
    } catch (error) {
      if (slot !== undefined) vacate(this.words, slot);
      throw error;
    }
  }

  /** Waits for the end of the round in which the party in that slot has arrived; was it a good one? */
  *#released(slot: number, round: number, deadline: number): Waiting<boolean> {
    const words = this.words;
    for (;;) {
      const seen = Atomics.load(words, WORD);
      if (roundOf(seen) !== round) {
        // If nothing is noted by now, no second round had ended when the word was read: its PASSED is about this one.
        const state = Atomics.load(words, slot + STATE) & OUTCOME;
        return state === WAITING ? (seen & PASSED) !== 0 : state === THROUGH;
      }
      const acting = phaseOf(seen) === ACTING;
      if (this.#hasLost(seen) || (!acting && isPast(deadline))) this.#end(seen, BROKEN);
      else if (!spin(words, WORD, seen)) {
        try {
          // All are there: time does not count while the action runs.
          yield { words, index: WORD, seen, until: acting ? Number.POSITIVE_INFINITY : deadline };
        } catch (reason) {
          // The others would wait for this party in vain. But where the round has ended already, that counts.
          if (this.#breakIn(slot)) throw reason;
        }
      }
    }
  }

  /** Has a party gone that was inside wait(): in the round of that word, or not yet woken from the one before? */
  #hasLost(word: number): boolean {
    const words = this.words;
    for (let at = SLOT; at < words.length; at += SLOT) {
      if (isParty(Atomics.load(words, at + STATE), word) && isLeaving(Atomics.load(words, at + PID))) return true;
    }
    return false;
  }

  /** Ends the round of that word, if it is still that; what follows is `how`. */
  #end(word: number, how: number): boolean {
    const words = this.words;
    this.#note(word);
    if (Atomics.compareExchange(words, WORD, word, (roundOf(word) * ROUND + ROUND) | how) !== word) return false;
    wake(words, WORD);
    return true;
  }

  /** Tells those who have not yet woken from the round before that of this word how theirs ended: it is about to be forgotten. */
  #note(word: number): void {
    const words = this.words;
    const state = waitingIn(word, -1);
    const outcome = state - WAITING + (word & PASSED ? THROUGH : FAILED);
    for (let at = SLOT; at < words.length; at += SLOT) Atomics.compareExchange(words, at + STATE, state, outcome);
  }

  /** Breaks the round in which the party in that slot waits; false where it has ended. */
  #breakIn(slot: number): boolean {
    const words = this.words;
    for (;;) {
      const word = Atomics.load(words, WORD);
      if (Atomics.load(words, slot + STATE) !== waitingIn(word)) return false;
      if (this.#end(word, BROKEN)) return true;
    }
  }

  fail({ slot }: Arrival): void {
    this.#breakIn(slot as number);
    vacate(this.words, slot as number);
  }

  // biome-ignore lint/correctness/useYield: it never waits
  *pass({ index, slot }: Arrival): Waiting<number> {
    const words = this.words;
    const at = slot as number;
    const word = Atomics.load(words, WORD);
    const passed = Atomics.load(words, at + STATE) === waitingIn(word) && this.#end(word, FILLING | PASSED);
    vacate(words, at);
    if (!passed) throw broken();
    return index;
  }

  end(isBroken: boolean): void {
    const how = isBroken ? BROKEN : FILLING;
    for (;;) {
      const word = Atomics.load(this.words, WORD);
      if ((phaseOf(word) === how && arrivedIn(word) === 0) || this.#end(word, how)) return;
    }
  }

  get buffer(): SharedArrayBuffer {
    return this.words.buffer as SharedArrayBuffer;
  }

  get parties(): number {
    return this.words[PARTIES] as number;
  }

  get nWaiting(): number {
    return arrivedIn(Atomics.load(this.words, WORD));
  }

  get broken(): boolean {
    return phaseOf(Atomics.load(this.words, WORD)) === BROKEN;
  }

  get text(): string {
    return this.broken ? 'broken' : `waiters=${this.nWaiting}/${this.parties}`;
  }
}

const broken = (): BrokenBarrierError => new BrokenBarrierError('the barrier is broken, or was reset');
