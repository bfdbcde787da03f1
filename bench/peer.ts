// What others can do of what is measured. A file of bench/peers/ exports one of them as `peer`.

import type { Large } from './large.ts';
import type { Moved } from './work.ts';

/** A pool of workers, or as much of one as the peer has. */
export interface PeerPool {
  /** Until then its workers must not be called at once. */
  ready?(): PromiseLike<unknown>;
  /** How many calls may be under way at once. */
  readonly mostCalls?: number;
  increment(x: number): PromiseLike<number>;
  crunch(units: number): PromiseLike<number>;
  /** `increment` of each, by what the peer has for many. */
  map(items: readonly number[]): PromiseLike<number[]>;
  close(): unknown;
}

/** One whose workers can move what they answer. */
export interface MovingPool extends PeerPool {
  /** An array that a worker makes. */
  make(length: number): PromiseLike<Moved>;
  /** An array that is moved there and back. */
  bounce(array: Moved): PromiseLike<Moved>;
}

/** One whose workers are given copies, and answer how much they got, and whose answers are copies. */
export interface CopyingPool extends PeerPool {
  take(given: { readonly length: number }): PromiseLike<number>;
  /** Data that the worker holds. */
  large(name: Large): PromiseLike<{ readonly length: number }>;
}

/** An object that a worker holds, and others use. */
export interface PeerDict {
  get(key: string): PromiseLike<unknown>;
  set(key: string, value: number): PromiseLike<unknown>;
  close(): unknown;
}

/** Likewise a list of 10,000 numbers. */
export interface PeerList {
  numbers(): PromiseLike<readonly number[]>;
  close(): unknown;
}

export interface Peer {
  /** Its package, or what it is of the browser. */
  readonly name: string;
  pool?(workers: number): PeerPool;
  movingPool?(workers: number): MovingPool;
  copyingPool?(workers: number): CopyingPool;
  /** Where its app is that does what bench/app does. */
  app?(): string;
  /** Encodes and decodes. */
  codec?(value: unknown): unknown;
  dict?(): PeerDict;
  list?(): PeerList;
  /** Calls a second of a dict by a worker that does not hold it, half of them `set`, half of them `get`. */
  dictFromWorker?(warmUp: number, count: number): Promise<number>;
  /** Likewise, all of them `get`. */
  dictReadByWorker?(warmUp: number, count: number): Promise<number>;
  /** Acquires and releases a lock in a worker; answers pairs a second. */
  lockAlone?(count: number): Promise<number>;
  /** As many workers as `contenders` want the same lock; answers pairs a second of all together. */
  lockContended?(contenders: number, count: number): Promise<number>;
  /** Adds one to a shared number under its lock, in a worker; answers increments a second. */
  valueIncrements?(count: number): Promise<number>;
  /** Sends items from worker to worker; answers items a second. */
  queueBetweenWorkers?(item: unknown, warmUp: number, count: number): Promise<number>;
  /** Sends items from a worker to the window; answers items a second. */
  queueToWindow?(item: unknown, warmUp: number, count: number): Promise<number>;
}
