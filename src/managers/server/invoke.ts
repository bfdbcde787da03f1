// What a server does with an object that it holds.

import { RemoteError } from '../../errors.ts';
import { textOf } from './held/text.ts';
import { copyOut } from './held/value.ts';
import type { Entry, Kind } from './objects.ts';

/** Calls a method, or reads a property. */
export function invoke(
  { referent, typeid, look }: Entry,
  method: string,
  args: readonly unknown[],
  kind: Kind,
): unknown {
  const member = (referent as Readonly<Record<string, unknown>>)[method];
  // What is a property of proxies may be a method here.
  if (typeof member === 'function') return member.apply(referent, args);
  if (kind === 'property') return member;
  // Iterators need not have these.
  if (look === 'Iterator' && method === 'return') return { done: true, value: args[0] };
  if (look === 'Iterator' && method === 'throw') throw args[0];
  throw new TypeError(`'${typeid}' has no method ${method}`);
}

/** What can be done with every object. */
export function inspect({ referent, typeid }: Entry, method: string): unknown {
  const object = referent as { [copyOut]?(): unknown; [Symbol.iterator]?(): Iterator<unknown> };
  if (method === 'getValue') return object[copyOut] === undefined ? object : object[copyOut]();
  if (method === 'toString') return textOf(object);
  if (method !== '#snapshot') throw new RemoteError(`'${typeid}' exposes no ${JSON.stringify(method)}`);
  if (typeof object[Symbol.iterator] !== 'function') throw new TypeError(`'${typeid}' is not iterable`);
  return [...(object as Iterable<unknown>)];
}
