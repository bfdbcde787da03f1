// What came by message from other processes: results, between their arrival and whoever asks for them; and what pools and
// their workers, managers and their clients send each other.

import { refuse } from './kernel.ts';
import { type Parcel, unpack } from './parcel.ts';
import { type Post, REQUEST } from './protocol.ts';

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

const listeners = new Map<number, (post: Post) => void>();

/**
 * From now on `hear` is given what that process posts about tasks. `from` is a pid; or REQUEST or REPLY, for all posts of that kind,
 * whoever sends them. Returns how to end that.
 */
export function listenTo(from: number, hear: (post: Post) => void): () => void {
  listeners.set(from, hear);
  return () => listeners.delete(from);
}

/** A message has come. */
export function deliver(post: Post): void {
  const { claim } = post;
  if (claim !== undefined) {
    const hear = listeners.get(claim <= REQUEST ? claim : post.from);
    if (hear !== undefined) hear(post);
    else if (claim === REQUEST) refuse(post);
    return;
  }
  const box = boxOf(post.from);
  box.parcel = post.parcel;
  box.open();
}

/** The result of that process, if its message is here: a thread that blocks receives none. */
export function collect(pid: number): { value: unknown } | undefined {
  const parcel = boxes.get(pid)?.parcel;
  if (parcel === undefined) return undefined;
  const result = { value: unpack(parcel) };
  boxes.delete(pid);
  return result;
}

/** Waits for the message with the result of that process, unless it was collected; any number may. */
export const arrival = (pid: number): Promise<void> => boxOf(pid).arrival;

/** Nobody will collect the result of that process, whose message may still be on its way. */
export function discard(pid: number): void {
  void arrival(pid).then(() => boxes.delete(pid));
}
