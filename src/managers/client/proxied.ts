// What proxies are to TypeScript: the methods of the object, async, each with its twin.

import type { AnyFunction } from '../../pool/task_record.ts';
import type { BaseProxy } from '../proxy.ts';

/** A class of any kind. */
export type AnyClass = abstract new (...args: never[]) => object;

type Method<T> = { [K in keyof T & string]: T[K] extends AnyFunction ? K : never }[keyof T & string];

/** The names of methods that a proxy may have. */
export type MethodName<T> = Method<T>;

/**
 * What a proxy has if nothing is said: all methods, and all properties, whose names do not begin with an underscore; but not
 * `toString` and `valueOf`, by which JavaScript converts the proxy itself: see `text()`.
 */
export type PublicName<T> = Exclude<keyof T & string, `_${string}` | 'toString' | 'valueOf'>;

/**
 * What a generator yields, in brackets; of anything else `never`. `any` and `never` extend whatever they are compared with, and are
 * no generators.
 */
export type Yielded<R> = [R] extends [never]
  ? never
  : unknown extends R
    ? never
    : // biome-ignore lint/suspicious/noExplicitAny: whatever it is sent
      [R] extends [Generator<infer Y, any, any> | AsyncGenerator<infer Y, any, any>]
      ? [Y]
      : never;

/** What a call of a proxy answers; of a generator, the items. */
export type Answer<R> = [Yielded<R>] extends [never] ? Promise<Awaited<R>> : AsyncIterableIterator<Yielded<R>[0]>;

/** What its twin answers. */
export type AnswerSync<R> = [Yielded<R>] extends [never] ? Awaited<R> : IterableIterator<Yielded<R>[0]>;

/** The parameters of a twin: a thread that blocks hears no signal. */
type Blocking<A extends readonly unknown[]> = {
  [I in keyof A]: A[I] extends { signal?: AbortSignal | undefined } | undefined
    ? 'signal' extends keyof NonNullable<A[I]>
      ? Omit<NonNullable<A[I]>, 'signal'> | undefined
      : A[I]
    : A[I];
};

/** A proxy of T: each method X as `X` and `XSync`; those named in Nested answer proxies; `getValue()` answers a V. */
export type Proxied<T, Names extends string = PublicName<T>, Nested extends string = never, V = T> = {
  [K in Names & Method<T>]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => K extends Nested ? Promise<Proxied<Awaited<R>>> : Answer<R>
    : never;
} & {
  [K in Names & Method<T> as `${K}Sync`]: T[K] extends (...args: infer A) => infer R
    ? (...args: Blocking<A>) => K extends Nested ? Proxied<Awaited<R>> : AnswerSync<R>
    : never;
} & {
  readonly [K in Exclude<Names, Method<T>> & keyof T]: Promise<T[K]>;
} & {
  readonly [K in Exclude<Names, Method<T>> & keyof T & string as `${K}Sync`]: T[K];
} & BaseProxy<V>;

/** Iteration over a snapshot; the twin blocks the thread. */
export interface Iteration<T> {
  /** The items as they are now, fetched at once. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
  /** As `[Symbol.asyncIterator]`; blocks the thread. */
  [Symbol.iterator](): IterableIterator<T>;
}

// ------------------------------------------------------------------------------------------------ registered types

/** The arguments of a class's constructor, or of a function. */
export type FactoryArgs<C> = C extends new (
  ...args: infer A
) => object
  ? A
  : C extends (...args: infer A) => unknown
    ? A
    : never;
/** What a class makes, or a function answers. */
export type FactoryResult<C> = C extends new (
  ...args: never[]
) => infer T
  ? T
  : C extends (...args: never[]) => infer T
    ? Awaited<T>
    : never;

/** The options of `register()`. */
export interface RegisterOptions<T> {
  /** The names that proxies have; without, all that do not begin with an underscore, but `toString` and `valueOf`. */
  exposed?: readonly PublicOrPrivateName<T>[];
  /** Methods whose results stay in the manager, and are answered as proxies, of which type. */
  methodToTypeid?: { readonly [K in MethodName<T>]?: string };
  /** A class that extends BaseProxy and is registered with the executable, for proxies of this type. */
  proxytype?: ProxyType;
  /** `false`: managers get no method that makes one. */
  createMethod?: boolean;
}

/** The class of a proxy; `exposed` names what it has, where `register()` does not. */
// biome-ignore lint/suspicious/noExplicitAny: any such class
type ProxyType = (new (...args: any[]) => BaseProxy<any>) & { readonly exposed?: readonly string[] };

type PublicOrPrivateName<T> = keyof T & string;

/** The proxy of a registered type. */
export type RegisteredProxy<T, O> = O extends { proxytype: new (...args: never[]) => infer P }
  ? P
  : Proxied<
      T,
      O extends { exposed: readonly (infer N extends string)[] } ? N : PublicName<T>,
      O extends { methodToTypeid: infer M } ? keyof M & string : never
    >;

/** The method of a manager that makes an object. Where none was registered, C is all that it may be: then it is given. */
export type Factory<C, O> = [AnyClass | AnyFunction] extends [C]
  ? <T extends object>(object: T) => Promise<RegisteredProxy<T, O>>
  : (...args: FactoryArgs<C>) => Made<C, O>;

/** Its twin. */
export type FactorySync<C, O> = [AnyClass | AnyFunction] extends [C]
  ? <T extends object>(object: T) => RegisteredProxy<T, O>
  : (...args: FactoryArgs<C>) => MadeSync<C, O>;

/** What a factory of a manager answers. */
export type Made<C, O> = [Yielded<FactoryResult<C>>] extends [never]
  ? Promise<RegisteredProxy<FactoryResult<C>, O>>
  : AsyncIterableIterator<Yielded<FactoryResult<C>>[0]>;

/** What its twin answers. */
export type MadeSync<C, O> = [Yielded<FactoryResult<C>>] extends [never]
  ? RegisteredProxy<FactoryResult<C>, O>
  : IterableIterator<Yielded<FactoryResult<C>>[0]>;
