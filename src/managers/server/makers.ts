// How the server makes objects of the built-in types.

import type { TypeCode } from '../../data/typecodes.ts';
import { Pool } from '../../pool/owner/pool.ts';
import type { BuiltinName } from '../builtins.ts';
import { Barrier } from './held/barrier.ts';
import { Condition } from './held/condition.ts';
import { Dict, listOf, SetOf } from './held/containers.ts';
import { Event } from './held/event.ts';
import { JoinableQueue } from './held/joinable_queue.ts';
import { Lock, RLock } from './held/lock.ts';
import { Queue } from './held/queue.ts';
import { BoundedSemaphore, Semaphore } from './held/semaphore.ts';
import { ArrayHolder, Namespace, ValueHolder } from './held/simple.ts';

type Maker = (...args: never[]) => object;

export type Makers = Partial<Readonly<Record<BuiltinName, Maker>>>;

export const makers: Makers = {
  dict: (entries?: Iterable<readonly [unknown, unknown]>) => new Dict(entries),
  list: (items?: Iterable<unknown>) => listOf(items),
  set: (items?: Iterable<unknown>) => new SetOf(items),
  Namespace: (values?: Record<string, unknown>) => new Namespace(values),
  Value: (code: TypeCode, init: unknown) => new ValueHolder(code, init),
  Array: (code: TypeCode, items: Iterable<number | bigint>) => new ArrayHolder(code, items),
  Queue: (maxsize?: number) => new Queue(maxsize),
  JoinableQueue: (maxsize?: number) => new JoinableQueue(maxsize),
  Lock: () => new Lock(),
  RLock: () => new RLock(),
  Semaphore: (value?: number) => new Semaphore(value),
  BoundedSemaphore: (value?: number) => new BoundedSemaphore(value),
  Condition: (lock?: Lock | RLock) => new Condition(lock),
  Event: () => new Event(),
  Barrier: (parties: number, options?: ConstructorParameters<typeof Barrier>[1]) => new Barrier(parties, options),
  Pool: (processes?: number, options?: object) => new Pool(processes, options),
};
