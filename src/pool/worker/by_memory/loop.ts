// Takes tasks out of the pool's ring, and letters as they come.

import { breathe } from '../../../base/breathe.ts';
import { now } from '../../../base/deadline.ts';
import { HEADER, wordOf } from '../../../data/record.ts';
import { hasEnded, isDoomed } from '../../../memory/processes.ts';
import { get, getNow } from '../../../memory/ring/get.ts';
import { hasItem, isOver, openRing, type Ring } from '../../../memory/ring/ring.ts';
import { type Park, settle, type Waiting, wake } from '../../../memory/wait.ts';
import { listenTo } from '../../../process/mailbox.ts';
import { bytesOf } from '../../../process/parcel.ts';
import type { Post } from '../../../process/protocol.ts';
import { CLAIM, ITEM, PARKED, RESERVED, slotIn, TICKS, type WorkerSetup } from '../../board.ts';
import { flagOf, NOTICE, TICKET } from '../../task_record.ts';
import { cancelled, notify } from '../current.ts';
import type { TaskLoop } from '../loop.ts';
import { Performer } from '../perform.ts';
import { MemoryAnswers } from './answers.ts';

/** Milliseconds of work after which the event loop gets a turn. */
const STRETCH = 10;

/** Milliseconds that a worker waits, before it ends, for its owner to see its messages: a blocked one sees none. */
const LAST_WORDS = 1000;

/** Why a worker that was terminated, and runs on for a moment, takes no task: what was given to the pool later is not lost. */
const DOOMED = new Error('terminated');

function roomFor(length: number): Uint8Array {
  if (isDoomed()) throw DOOMED;
  return new Uint8Array(length);
}

export class MemoryLoop implements TaskLoop {
  readonly slot: Int32Array;
  readonly #tasks: Ring;
  readonly #answers: MemoryAnswers;
  readonly #performer: Performer;
  readonly #flags: SharedArrayBuffer;
  readonly #owner: number;
  readonly #limit: number;
  /** How many tasks it has done. */
  #done = 0;
  #hadTicket = false;
  /** What was taken out of the ring where a letter was done, for the loop to do. */
  #taken: Uint8Array | undefined;
  /** Woke while it was reserved: it is to be told when that is over. */
  #stirred = false;
  #isTimed = false;
  #items = 0;

  constructor({ tasks, answers, slots, index, flags, owner, blocks, limit }: WorkerSetup) {
    this.#limit = limit;
    this.slot = slotIn(slots, index);
    this.#tasks = openRing(tasks);
    this.#tasks.claim = this.slot;
    this.#answers = new MemoryAnswers(answers, this.slot, { index, owner, blocks });
    this.#performer = new Performer(this.#answers, {
      isUnwanted: ({ word }) => this.#isUnwanted(word),
      begin: () => {
        this.#isTimed = true;
        Atomics.store(this.slot, ITEM, ++this.#items);
      },
      tick: (passed) => Atomics.add(this.slot, TICKS, passed),
    });
    this.#flags = flags;
    this.#owner = owner;
    listenTo(owner, (message) => {
      if (message.word === NOTICE) notify(message);
      else if (!isDoomed()) this.#open(message);
    });
  }

  async work(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      if (error !== DOOMED) throw error;
      await new Promise(() => {});
    }
  }

  async #work(): Promise<void> {
    let rested = now();
    while (this.#done < this.#limit) {
      if (now() - rested > STRETCH) {
        await breathe();
        rested = now();
      }
      const record = this.#take() ?? getNow(this.#tasks, roomFor) ?? (await settle(this.#idle()));
      // The order to retire is empty: who gave it counts on no answer.
      if (record === undefined || record.length === 0) break;
      const claim = Atomics.load(this.slot, CLAIM);
      const word = wordOf(record, 0);
      this.#hadTicket = wordOf(record, 1) === TICKET;
      if (this.#hadTicket && !this.#isUnwanted(word)) {
        Atomics.store(this.slot, PARKED, RESERVED);
        await this.#answers.want(claim);
        await settle(this.#reserved());
        continue;
      }
      const doing = this.#hadTicket
        ? this.#answers.skip({ claim, isLetter: false, began: 0 })
        : this.#performer.perform({
            claim,
            word,
            isLetter: false,
            began: 0,
            bytes: record,
            from: HEADER,
            attachments: NONE,
          });
      if (doing !== undefined) await doing;
      this.#letGo(claim);
    }
    await settle(this.#answers.seen(now() + LAST_WORDS));
  }

  /** Waits for a task in the ring. None: there will be no more, or nobody who wants them. */
  *#idle(): Waiting<Uint8Array | undefined> {
    for (;;) {
      const record = yield* get(this.#tasks, Number.POSITIVE_INFINITY, roomFor, isElsewhere, this.#mayLook);
      if (record !== undefined || this.#isOver()) return record;
      Atomics.store(this.slot, PARKED, 1);
      if (!hasItem(this.#tasks) && !this.#isOver()) yield this.#parked(1);
      yield* this.#reserved();
      if (this.#taken !== undefined || this.#done >= this.#limit) return this.#take();
    }
  }

  #take(): Uint8Array | undefined {
    const record = this.#taken;
    this.#taken = undefined;
    return record;
  }

  /** Letters are done where they arrive, without waking the loop; what wakes it meanwhile has to wait. */
  *#reserved(): Waiting<void> {
    // Sleeping becomes awake.
    while (Atomics.compareExchange(this.slot, PARKED, 1, 0) === RESERVED && !hasEnded(this.#owner)) {
      this.#stirred = true;
      yield this.#parked(RESERVED);
    }
    this.#stirred = false;
  }

  /** After a ticket the next thing is likely to be a letter, which comes only if this thread does nothing. */
  readonly #mayLook = (): boolean => !this.#hadTicket;

  #parked(seen: number): Park {
    return { words: this.slot, index: PARKED, seen, until: Number.POSITIVE_INFINITY };
  }

  #isOver(): boolean {
    return isOver(this.#tasks) || hasEnded(this.#owner);
  }

  /** Does what a letter brings. What is thrown here ends the process, as it does in `work`. */
  #open({ claim = 0, word = 0, parcel }: Post): void {
    const { attachments } = parcel;
    const doing = this.#performer.perform({
      claim,
      word,
      isLetter: true,
      began: 0,
      bytes: bytesOf(parcel),
      from: 0,
      attachments,
    });
    const end = (): void => {
      // Its owner may have the next one for it already.
      if (this.#letGo(claim) && !isDoomed()) this.#goOn();
    };
    if (doing === undefined) end();
    else void doing.then(end);
  }

  /** Has done a letter: asks for the next one, if its ticket is the next thing in the ring; leaves all else to the loop. */
  #goOn(): void {
    const isLast = this.#done >= this.#limit;
    if (!isLast) {
      try {
        this.#taken = getNow(this.#tasks, roomFor);
      } catch (error) {
        if (error === DOOMED) return;
        throw error;
      }
    }
    const record = this.#taken;
    if (record?.length === HEADER && wordOf(record, 1) === TICKET && !this.#isUnwanted(wordOf(record, 0))) {
      // Reserved still.
      this.#taken = undefined;
      void this.#answers.want(Atomics.load(this.slot, CLAIM));
      return;
    }
    const isAwake = isLast || record !== undefined;
    Atomics.store(this.slot, PARKED, isAwake ? 0 : 1);
    // Nobody wakes one who is reserved for what comes meanwhile.
    if (isAwake || this.#stirred || hasItem(this.#tasks) || this.#isOver()) wake(this.slot, PARKED);
  }

  /** Holding that task becomes holding none; false where the owner has given it another meanwhile. */
  #letGo(claim: number): boolean {
    this.#done++;
    if (this.#isTimed) Atomics.store(this.slot, ITEM, 0);
    this.#isTimed = false;
    return Atomics.compareExchange(this.slot, CLAIM, claim, 0) === claim;
  }

  #isUnwanted(word: number): boolean {
    const flag = flagOf(word);
    return (flag !== 0 && Atomics.load(new Int32Array(this.#flags), flag) !== 0) || cancelled();
  }
}

/** Ends a wait on the ring where it would park: a worker parks elsewhere. */
const isElsewhere = (): true => true;

const NONE: readonly unknown[] = [];
