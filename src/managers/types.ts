// The types of a manager, as its server knows them: how to make an object, and what its proxies can do.

import type { AnyFunction } from '../pool/wire.ts';
import { builtinNamed } from './builtins.ts';
import { isIterator, type Look, type ProxyClass, shapeOf } from './look.ts';
import { type Entry, membersOf } from './objects.ts';

/** A type as it was registered. */
export interface Registration {
  /** A class, or a function that makes an object; none: its object is given. */
  readonly factory: AnyFunction | (new (...args: never[]) => object) | undefined;
  readonly exposed: readonly string[] | undefined;
  readonly methodToTypeid: Readonly<Record<string, string>> | undefined;
  readonly proxytype: ProxyClass | undefined;
  /** Whether managers have a method that makes one. */
  readonly createMethod: boolean;
}

export type Registry = Readonly<Record<string, Registration>>;

/** What a server is started with. */
export interface Setup {
  readonly registry: Registry;
  /** Whether there are the built-in types. */
  readonly hasBuiltins: boolean;
  /** The process that the manager belongs to: when that ends, it ends. */
  readonly owner: number;
  /** Where it listens for other pages, and what they have to know. */
  readonly address: string | undefined;
  readonly authkey: Uint8Array;
}

/** What a proxy of an object of that type can do. */
export function traitsOf(
  object: object,
  typeid: string,
  registration: Registration | undefined,
): Pick<Entry, 'look' | 'members' | 'nested'> {
  const builtin = registration === undefined ? builtinNamed(typeid) : undefined;
  if (builtin !== undefined) {
    const { look, methods, read = [], properties = [], nested = {} } = builtin;
    return { look, members: membersOf([methods, [], [...read, ...properties]]), nested };
  }
  const { exposed, proxytype, methodToTypeid = {} } = registration ?? {};
  const asked = exposed ?? proxytype?.exposed;
  if (asked === undefined && isIterator(object)) return traitsOf(object, 'Iterator', undefined);
  const shape = shapeOf(object, asked);
  const look: Look = proxytype ?? shape;
  return { look, members: membersOf(shape), nested: methodToTypeid };
}

/** Makes an object, or a promise of one. */
export function make({ factory }: Registration, typeid: string, args: readonly unknown[]): unknown {
  if (factory === undefined) {
    if (args.length === 1) return args[0];
    throw new RangeError(
      `'${typeid}' was registered without a class or function: give the object itself, and nothing else`,
    );
  }
  if (!isClass(factory)) return (factory as AnyFunction)(...(args as never[]));
  return new (factory as new (...args: unknown[]) => object)(...args);
}

/** Whether it takes `new`. */
const isClass = (factory: NonNullable<Registration['factory']>): boolean =>
  /^class\b/.test(Function.prototype.toString.call(factory)) ||
  Object.getOwnPropertyNames((factory.prototype as unknown) ?? {}).some((name) => name !== 'constructor');
