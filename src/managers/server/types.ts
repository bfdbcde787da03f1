// The types of a manager, as its server knows them: how to make an object, and what its proxies can do.

import type { AnyFunction } from '../../pool/task_record.ts';
import { builtinNamed } from '../builtins.ts';
import { isIterator, type Look } from '../look.ts';
import type { Registration } from '../registration.ts';
import { type Entry, membersOf } from './objects.ts';
import { shapeOf } from './shape.ts';

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
