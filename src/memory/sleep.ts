// How a thread that must not block sleeps: until a word changes, a time has come, or a process is condemned or has ended.
//
// `Atomics.waitAsync` wakes it, so a thread at rest has no timers and costs nothing. WebKit loses some wake-ups where several
// come at once, and above all of waits that have a time limit (of three workers that passed a token on, two thirds of the
// runs stood still within 20,000 rounds; two workers with limits within 30 to 30,000): there waits have none, and one timer
// for each thread looks at all of them, soon after something went to sleep, and once in two seconds at rest.
//
// Where threads share no memory, a word is this thread's own: whoever changes it finds those that sleep there in a list.
//
// A wait cannot be called off: who has no more use for it wakes its word, and with it all others who wait there; they look,
// and sleep on.

import { watchDeadline } from '../base/deadline.ts';
import { isWebKit } from '../base/engine.ts';
import { isIsolated } from '../base/isolation.ts';
import { outside } from '../base/outside.ts';
import { table } from './processes.ts';
import { CHANGES } from './table.ts';

/** What an operation waits for: that `words[index]` is no longer `seen`, or that it is `until` (`performance.now()`). */
export interface Park {
  readonly words: Int32Array;
  readonly index: number;
  readonly seen: number;
  readonly until: number;
  /** The operation is half done and cannot be given up here: an abort has to wait. */
  readonly firm?: boolean;
}

/** What nobody waits for: the process that would has ended, in a thread that goes on. */
export const NEVER: Park = { words: new Int32Array(1), index: 0, seen: 0, until: Number.POSITIVE_INFINITY };

/** Do these wait for the same? */
export const isSame = (a: Park, b: Park): boolean => a.words === b.words && a.index === b.index && a.seen === b.seen;

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: false } | { async: true; value: Promise<unknown> };

/** Looked up each time: a test takes it away. */
const atomics = Atomics as unknown as { waitAsync?: WaitAsync };

/** All that sleep in this thread. */
const sleepers = new Set<Sleep>();
/** Where threads share no memory: those that sleep at words of a buffer, in the order in which they came. */
const sleepersAt = new WeakMap<ArrayBufferLike, Set<Sleep>>();

/** One async wait, for one word. */
export class Sleep {
  readonly #resume: () => void;
  #park: Park;
  /** Its word was woken, or seen to have changed. */
  #woken = false;
  #stopClock = nothing;

  /** @param resume is called, never at once, when there may be something to do: any number of times, until `end()`. */
  constructor(park: Park, resume: () => void) {
    this.#park = park;
    this.#resume = resume;
    sleepers.add(this);
    if (isIsolated) this.#waitAsync(park);
    else {
      const its = sleepersAt.get(park.words.buffer) ?? new Set();
      sleepersAt.set(park.words.buffer, its.add(this));
    }
    this.#startClock();
  }

  #waitAsync(park: Park): void {
    const waiting = atomics.waitAsync?.(park.words, park.index, park.seen);
    if (waiting === undefined || isWebKit) lookSoon();
    if (waiting !== undefined) {
      const wakeUp = (): void => this.wakeUp();
      if (waiting.async) void waiting.value.then(wakeUp);
      else queueMicrotask(wakeUp);
      hearChanges();
    }
  }

  #startClock(): void {
    if (this.#park.until !== Number.POSITIVE_INFINITY) {
      this.#stopClock = watchDeadline(this.#park.until, () => this.resume());
    }
  }

  get hasChanged(): boolean {
    const { words, index, seen } = this.#park;
    return Atomics.load(words, index) !== seen;
  }

  isAt(words: Int32Array, index: number): boolean {
    const { words: own } = this.#park;
    return (
      !this.#woken &&
      own.buffer === words.buffer &&
      own.byteOffset + this.#park.index * 4 === words.byteOffset + index * 4
    );
  }

  /** Its word was woken: from now on it is none of those that sleep there. */
  wakeSoon(): void {
    this.#woken = true;
    queueMicrotask(() => this.resume());
  }

  /** Its word was woken. */
  wakeUp(): void {
    this.#woken = true;
    this.resume();
  }

  resume(): void {
    if (sleepers.has(this)) this.#resume();
  }

  /** Sleeps on, where that is a wait for the same and nobody has woken it; false where it must end. */
  goesOn(park: Park): boolean {
    if (this.#woken || !isSame(park, this.#park)) return false;
    this.#park = park;
    this.#stopClock();
    this.#startClock();
    return true;
  }

  /** @param passOn whether a wake-up that it has had was of no use to it, and is to go to the others. */
  end(passOn: boolean): void {
    sleepers.delete(this);
    this.#stopClock();
    const { words, index } = this.#park;
    if (!isIsolated) {
      sleepersAt.get(words.buffer)?.delete(this);
      if (passOn && this.#woken) wakeHere(words, index, 1);
    } else if (passOn || !this.#woken) Atomics.notify(words, index);
  }
}

function nothing(): void {}

/** Wakes up to `count` of those of this thread that sleep at a word: all there are, where threads share no memory. */
export function wakeHere(words: Int32Array, index: number, count: number): void {
  let left = count;
  for (const sleep of sleepersAt.get(words.buffer) ?? []) {
    if (left <= 0) return;
    if (!sleep.isAt(words, index)) continue;
    left--;
    sleep.wakeSoon();
  }
}

/**
 * This thread is about to block where it may also await something: a wake-up of one is not to go to what cannot go on now. What
 * awaits looks once this thread is free again.
 */
export function wakeOwn({ words, index }: Park): void {
  for (const sleep of sleepers) if (sleep.isAt(words, index)) return void Atomics.notify(words, index);
}

// ------------------------------------------------------------------------------------------------ changes that no word tells

/** The process table whose CHANGES this thread hears of. */
let heard: Int32Array | undefined;
const listeners = new Set<() => void>();

/** Calls `listener` in this thread with each change that is told by no word: that a process has ended, say. */
export function onChanges(listener: () => void): void {
  listeners.add(listener);
  if (!isIsolated) return;
  if (atomics.waitAsync === undefined || isWebKit) lookSoon();
  hearChanges();
}

function hearChanges(): void {
  const words = table();
  // A worker that is not a process yet has none.
  if (words === heard || words.length === 0 || atomics.waitAsync === undefined) return;
  heard = words;
  void hear(words);
}

async function hear(words: Int32Array): Promise<void> {
  // Who sleeps already may have looked before this began: so it begins with a change.
  for (let seen: number | undefined; words === heard; ) {
    const changes = Atomics.load(words, CHANGES);
    if (changes === seen) {
      const next = atomics.waitAsync?.(words, CHANGES, changes);
      if (next === undefined) return;
      if (next.async) await next.value;
    } else {
      if (seen === undefined) await undefined;
      seen = changes;
      tellChanges();
    }
  }
}

let isTelling = false;

/** Where threads share no memory: tells them when this step is done, once for any number of changes. */
export function tellChangesSoon(): void {
  if (isTelling) return;
  isTelling = true;
  queueMicrotask(() => {
    isTelling = false;
    tellChanges();
  });
}

function tellChanges(): void {
  for (const listener of listeners) listener();
  for (const sleep of [...sleepers]) sleep.resume();
}

// ------------------------------------------------------------------------------------------------ engines that need to look

/**
 * Milliseconds until the first look after something went to sleep; each later one waits twice as long, up to the last: where a
 * wake-up can be lost, and where there is none.
 */
const FIRST_LOOK = 2;
const LAST_LOOK = 2000;
const LAST_LOOK_ALONE = 50;

let timer: ReturnType<typeof setTimeout> | undefined;
let delay = FIRST_LOOK;
let seenChanges = 0;

/** One timer for all that sleep. */
function lookSoon(): void {
  if (timer !== undefined && delay === FIRST_LOOK) return;
  clearTimeout(timer);
  delay = FIRST_LOOK;
  timer = outside(() => setTimeout(look, delay));
}

function look(): void {
  timer = undefined;
  const changes = table()[CHANGES] ?? 0;
  const anew = changes !== seenChanges;
  seenChanges = changes;
  if (anew) for (const listener of listeners) listener();
  for (const sleep of [...sleepers]) {
    if (sleep.hasChanged) sleep.wakeUp();
    else if (anew) sleep.resume();
  }
  if (timer !== undefined || (sleepers.size === 0 && listeners.size === 0)) return;
  delay = Math.min(delay * 2, atomics.waitAsync === undefined ? LAST_LOOK_ALONE : LAST_LOOK);
  timer = outside(() => setTimeout(look, delay));
}
