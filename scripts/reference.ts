/**
 * Types that signatures of the package are made of. It exports no names for them: whoever has a value of one got it by a call.
 *
 * @module types
 */

export type { RawArrayConstructor, SharedArrayConstructor } from '../src/data/shared_array.ts';
export type * from '../src/managers/collection_methods.ts';
export type { Guarded, Predicates } from '../src/managers/interfaces.ts';
export type { Address } from '../src/managers/link.ts';
export type { ManagerClass, WithType } from '../src/managers/manager.ts';
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
} from '../src/managers/proxied.ts';
export type * from '../src/managers/waiting_methods.ts';
export type { Items } from '../src/pool/input.ts';
export type { AnyFunction } from '../src/pool/wire.ts';
export type { WorkerFactory } from '../src/process/root.ts';
