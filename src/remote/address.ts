// Addresses, and how a client finds who listens at one.
//
//   locks    listener:<address>   held by whoever listens there: so there is one, and everybody sees whether there is any
//            reception:<id>       held by that very listener, so that its clients see it end, and not its successor
//   channel  listener:<address>   who      a client: who listens here? Repeated, for nobody may have heard it
//                                 me       the listener: its id
//                                 hello    a client, once: the name of its end, to the listener of that id

import { shown } from '../base/shown.ts';
import { PREFIX } from './locks.ts';
import type { Channel } from './medium.ts';

/** The only family. */
const FAMILY = 'AF_BROADCAST';

export type Call =
  | { readonly kind: 'who' }
  | { readonly kind: 'me'; readonly id: string }
  | { readonly kind: 'hello'; readonly to: string; readonly name: string };

/** The lock and the channel of an address. */
export const nameOf = (address: string): string => `${PREFIX}listener:${address}`;
export const receptionOf = (id: string): string => `${PREFIX}reception:${id}`;

/** Says something at an address. */
export const call = (channel: Channel, message: Call): void => channel.postMessage(message);

/** @throws TypeError for other than a text; RangeError for an empty one. */
export function checkAddress(caller: string, address: unknown): asserts address is string {
  if (typeof address !== 'string') throw new TypeError(`${caller}: address must be a string, not ${typeof address}`);
  if (address === '') throw new RangeError(`${caller}: address must not be empty`);
}

/** @throws RangeError for a family that there is not. */
export function checkFamily(caller: string, family: string | null | undefined): void {
  if (family === undefined || family === null || family === FAMILY) return;
  throw new RangeError(`${caller}: there is no family ${shown(family)} here, only ${FAMILY}`);
}

/** What this thread is about to do with an address, take it or let go of it: who comes after waits for that. */
const changing = new Map<string, Promise<unknown>>();

export const settled = (address: string): Promise<unknown> | undefined => changing.get(address);

export function note(address: string, change: Promise<unknown>): void {
  const done = (): void => {
    if (changing.get(address) === noted) changing.delete(address);
  };
  const noted: Promise<void> = change.then(done, done);
  changing.set(address, noted);
}
