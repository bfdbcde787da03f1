// What the classes of this folder are made of, their bodies: words of memory (words/), or, in a process that shares no memory with
// the others, requests to the page (src/message/process/), which has the words. A class never asks which.

import type { Waiting } from '../memory/wait.ts';
import type { Acquirable } from './acquirable.ts';

/** Mutual exclusion of processes. What its owner is asked only by requests throws an InvalidStateError where another may hold it. */
export interface MutexBody {
  /** Free becomes this process's at once, or it answers false, which it may do also where it is free. */
  seize(): boolean;
  /** Waits until it is this process's; false where `deadline` came first. Who gives up waiting ends this by `return()`. */
  lock(deadline: number): Waiting<boolean>;
  /** Held becomes free, whoever holds it. False where it is known that nobody does. */
  unlock(): boolean;
  /** Does this process hold it, as far as that is known here? */
  get isMine(): boolean;
  /** The pid of the holder; 0 while free. */
  get owner(): number;
  /** Did the holder get it from an owner that died? */
  get abandoned(): boolean;
  /** Its holder, for texts. */
  get ownerText(): string;
  /** Those of this process that wait for it are to look whether they still need to. */
  rouse(): void;
}

/** That of an RLock, and beside it what its owner, which is one thread, counts. */
export interface RLockBody extends MutexBody {
  readonly depth: Int32Array;
}

/** Units that belong to nobody. */
export interface SemaphoreBody {
  /** A unit at once, or false. */
  take(): boolean;
  acquire(deadline: number): Waiting<boolean>;
  /** A unit more; false where it has as many as it may have: as it began with, if it is `bounded`, or as are possible. */
  release(bounded: boolean): boolean;
  /** Units that are free. */
  get value(): number;
  /** How many there were at first; `undefined` where that is not known. */
  readonly start: number | undefined;
  /** Are any taken, as far as that is known here? */
  get isTaken(): boolean;
  get text(): string;
}

/** A flag. */
export interface EventBody {
  get isSet(): boolean;
  set(): void;
  clear(): void;
  wait(deadline: number): Waiting<boolean>;
}

/** Those who wait for a notification. Its lock is held by this process, as far as that is known here, when it is called. */
export interface ConditionBody {
  /** Frees the lock, waits to be notified, and has the lock back in any case. */
  wait(lock: Acquirable, deadline: number): Waiting<boolean>;
  notify(lock: Acquirable, n: number): void;
  /** How many wait, for texts. */
  get waiting(): string;
}

/** A party that has arrived: with the slot in which it is to run the action, or none, having passed. */
export interface Arrival {
  readonly index: number;
  readonly slot?: number;
}

/** A point where parties wait for each other. */
export interface BarrierBody {
  /** Waits until all have arrived. @throws BrokenBarrierError. */
  arrive(deadline: number, blocking: boolean): Waiting<Arrival>;
  /** The action is done: all pass. @throws BrokenBarrierError where it was reset or broke meanwhile. */
  pass(arrival: Arrival): Waiting<number>;
  /** The action has failed: it breaks. */
  fail(arrival: Arrival): void;
  /** As new; `broken`: and broken. */
  end(broken: boolean): void;
  get nWaiting(): number;
  get broken(): boolean;
  get text(): string;
}
