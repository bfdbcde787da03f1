// Results that only a message can carry, between the arrival of the message and whoever asks for the result.

import { decode } from '../codec/decode.ts';
import type { Parcel } from './protocol.ts';

interface Box {
  parcel: Parcel | undefined;
  readonly arrival: Promise<void>;
  readonly open: () => void;
}

const boxes = new Map<number, Box>();

function boxOf(pid: number): Box {
  let box = boxes.get(pid);
  if (box === undefined) {
    let open = (): void => {};
    const arrival = new Promise<void>((resolve) => {
      open = resolve;
    });
    box = { parcel: undefined, arrival, open };
    boxes.set(pid, box);
  }
  return box;
}

/** A message brought the result of that process. */
export function deliver(pid: number, parcel: Parcel): void {
  const box = boxOf(pid);
  box.parcel = parcel;
  box.open();
}

const unpack = ({ bytes, attachments }: Parcel): { value: unknown } => ({ value: decode(bytes, attachments) });

/** The result of that process, if its message is here: a thread that blocks receives none. */
export function collect(pid: number): { value: unknown } | undefined {
  const parcel = boxes.get(pid)?.parcel;
  if (parcel === undefined) return undefined;
  boxes.delete(pid);
  return unpack(parcel);
}

/** The result of that process, when its message is here; any number may wait for it. */
export async function collected(pid: number): Promise<{ value: unknown }> {
  const box = boxOf(pid);
  await box.arrival;
  boxes.delete(pid);
  return unpack(box.parcel as Parcel);
}
