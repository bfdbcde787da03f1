// How values get from one process of this realm to another: as bytes, as anywhere else, so that each has its own; but what only a
// browser could carry stays what it is, and functions and classes need not be registered.

import { decode } from '../codec/decode.ts';
import { locally } from '../codec/local.ts';
import { type Carrier, type Heir, type Marshaller, setMarshaller } from '../codec/shared.ts';
import { type Origin, within } from '../process/origin.ts';
import type { Parcel } from '../process/parcel.ts';
import { acting } from './acting.ts';

/** A value on its way. */
export interface Cargo {
  readonly bytes: Uint8Array;
  readonly attachments: readonly unknown[];
  readonly heirs: readonly Heir[];
}

export type JourneyCarrier = Carrier & { readonly heirs: Heir[] };

/** Takes a step in which values are written or read that stay in this realm. `origin`: whose shared objects those are that are read. */
export function here<T>(step: () => T, origin?: Origin): T {
  const before = setMarshaller(marshallerFor(origin));
  try {
    return locally(step);
  } finally {
    setMarshaller(before);
  }
}

/** Shared objects are words of memory, which are here; what a process does to them it does in its name. */
const marshallerFor = (origin: Origin | undefined): Marshaller => ({
  make: () => undefined,
  detach: (kind, object, heirs, starts) => kind.detach(object, heirs, starts),
  attach: (kind, state) => {
    const object = kind.attach(state);
    if (origin === undefined || kind.body === undefined || kind.make === undefined) return object;
    const heirs: Heir[] = [];
    const made = kind.make(acting(origin, kind.body(object, heirs)), kind.beside?.(object));
    // It is another end of the same pipe: this one was only on its way.
    if (heirs.length > 0) (object as { close(): void }).close();
    return made;
  },
});

/** Writes what `encode` does with the carrier; what is to move is moved. `called`: it goes with a call of a pool. */
export function load(encode: (carrier: JourneyCarrier) => Uint8Array, called = false): Cargo {
  const carrier: JourneyCarrier = { attachments: [], transfer: [], heirs: [], called };
  const bytes = here(() => encode(carrier)).slice();
  return { bytes, attachments: carried(carrier), heirs: carrier.heirs };
}

/** What arrives of what is carried beside the bytes. @throws what the realm says of what it does not move. */
export const carried = ({ attachments, transfer }: Pick<Parcel, 'attachments' | 'transfer'>): unknown[] =>
  attachments.map((item) =>
    // jsdom has no structuredClone.
    transfer.includes(item as Transferable) && typeof structuredClone === 'function'
      ? structuredClone(item, { transfer: [item as Transferable] })
      : item,
  );

/** The value, as that process has it, or this one. */
export const unload = ({ bytes, attachments }: Cargo, origin?: Origin): unknown => {
  const read = (): unknown => here(() => decode(bytes, attachments), origin);
  return origin === undefined ? read() : within(origin, read);
};
