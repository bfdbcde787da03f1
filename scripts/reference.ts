/**
 * Types that signatures of the package are made of. It exports no names for them: whoever has a value of one got it by a call.
 *
 * @module types
 */

export type { RawArrayConstructor, SharedArrayConstructor } from '../src/data/shared_array.ts';
export type * from '../src/managers/client/collection_methods.ts';
export type { Guarded, Predicates } from '../src/managers/client/interfaces.ts';
export type { ManagerClass, WithType } from '../src/managers/client/manager.ts';
export type {
  Answer,
  AnswerSync,
  AnyClass,
  Factory,
  FactoryArgs,
  FactoryResult,
  FactorySync,
  Iteration,
  Made,
  MadeSync,
  MethodName,
  Yielded,
} from '../src/managers/client/proxied.ts';
export type * from '../src/managers/client/waiting_methods.ts';
export type { Address } from '../src/managers/link.ts';
export type { Items } from '../src/pool/owner/input.ts';
export type { AnyFunction } from '../src/pool/task_record.ts';
export type { WorkerFactory } from '../src/process/page/executables.ts';
