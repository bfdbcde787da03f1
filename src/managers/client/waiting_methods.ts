// The methods of what is waited for in a manager. Proxies have each as a call to the server, with a twin for workers.

import type { BlockOptions, WaitOptions } from '../../base/options.ts';

/** A queue in a manager. Python: `manager.Queue`. */
export interface QueueMethods<T> {
  /** Puts an item, waiting for room. @throws Full where none came in time; ShutDown; InvalidStateError if closed. */
  put(item: T, options?: BlockOptions): void;
  /** Takes the oldest item, or waits. @throws Empty where none came in time; ShutDown; InvalidStateError if closed. */
  get(options?: BlockOptions): T;
  /** Puts an item without waiting. @throws Full where there is no room; else as `put`. */
  putNowait(item: T): void;
  /** Takes an item without waiting. @throws Empty where there is none; else as `get`. */
  getNowait(): T;
  /** How many items it holds, at this moment. */
  qsize(): number;
  /** Whether it holds none, at this moment. */
  empty(): boolean;
  /** Whether it has no room, at this moment. */
  full(): boolean;
  /** This process will put and get no more; others still may. */
  close(): void;
  /** Ends it: `put` throws ShutDown, `get` does once it is empty, or at once with `immediate`. */
  shutdown(options?: { immediate?: boolean }): void;
}

/** A queue whose items are reported as done. Python: `manager.JoinableQueue`. */
export interface JoinableQueueMethods<T> extends QueueMethods<T> {
  /** Reports that an item taken from it is done. @throws RangeError where all are (Python: ValueError). */
  taskDone(): void;
  /** Waits until every item that was put is done, or the time is up. */
  join(options?: WaitOptions): void;
}

/** A lock in a manager, an `RLock` too. Python: `manager.Lock`, `manager.RLock`. */
export interface LockMethods {
  /** Acquires it, waiting as long as the options allow; false where it was not acquired in time. */
  acquire(options?: BlockOptions): boolean;
  /** Releases it. @throws InvalidStateError where it is not held (Python: RuntimeError). */
  release(): void;
  /** Whether anybody holds it. */
  locked(): boolean;
  /** Did the holder get it from a process that ended without releasing it? */
  readonly abandoned: boolean;
}

/** A semaphore in a manager. Python: `manager.Semaphore`, `manager.BoundedSemaphore`. */
export interface SemaphoreMethods {
  /** Acquires it, waiting as long as the options allow; false where it was not acquired in time. */
  acquire(options?: BlockOptions): boolean;
  /** Adds one. @throws RangeError, for a bounded one, where the value would exceed what it began with. */
  release(): void;
}

/** A condition in a manager. Its lock has to be held for `wait` and `notify`. Python: `manager.Condition`. */
export interface ConditionMethods {
  /** Acquires it, waiting as long as the options allow; false where it was not acquired in time. */
  acquire(options?: BlockOptions): boolean;
  /** Releases it. @throws InvalidStateError where it is not held (Python: RuntimeError). */
  release(): void;
  /** Releases the lock, waits for a notification, and acquires it again; false where none came in time. */
  wait(options?: WaitOptions): boolean;
  /** Wakes `n` of those who wait, or one, those first who waited longest. */
  notify(n?: number): void;
  /** Wakes all who wait. */
  notifyAll(): void;
}

/** An event in a manager. Python: `manager.Event`. */
export interface EventMethods {
  /** Whether it is set. */
  isSet(): boolean;
  /** Sets it, and wakes all who wait. */
  set(): void;
  /** Takes that back. */
  clear(): void;
  /** Waits until it is set; false where it was not in time. */
  wait(options?: WaitOptions): boolean;
}

/** A barrier in a manager. Python: `manager.Barrier`. */
export interface BarrierMethods {
  /** Waits until all parties have arrived; answers another number for each, from 0 on. @throws BrokenBarrierError. */
  wait(options?: WaitOptions): number;
  /** Empties it: who waits gets BrokenBarrierError. */
  reset(): void;
  /** Breaks it, until `reset()`: who waits, or comes, gets BrokenBarrierError. */
  abort(): void;
  /** How many have to arrive. */
  readonly parties: number;
  /** How many wait, at this moment. */
  readonly nWaiting: number;
  /** Whether it is broken. */
  readonly broken: boolean;
}

/** The result of a call of a pool in a manager. Python: `AsyncResult`. */
export interface AsyncResultMethods<T> {
  /** The result, waiting for it. @throws what the call threw; TimeoutError where it was not there in time. */
  get(options?: WaitOptions): T;
  /** Waits until the call has ended, however it did, or the time is up. */
  wait(options?: WaitOptions): void;
  /** Whether the result is there. */
  ready(): boolean;
  /** Whether it is a value, and not an error. @throws RangeError before it is there (Python: ValueError). */
  successful(): boolean;
}
