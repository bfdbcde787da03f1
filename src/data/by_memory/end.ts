// An end of a pipe in words of memory: a ring to receive from, one to send to, and a slot that says that this process holds it.

import { isPast, NEVER_WAIT } from '../../base/deadline.ts';
import { lasting } from '../../base/realm.ts';
import { pid } from '../../base/thread.ts';
import type { Heir } from '../../codec/shared.ts';
import { EOFError, OSError } from '../../errors.ts';
import {
  bequeath,
  type End,
  enter,
  filenoOf,
  isHeld,
  leave,
  makeHolders,
  noteOwnPid,
  number,
  takeOver,
} from '../../memory/holders.ts';
import { type Accept, get, isGetting, tryGetNow } from '../../memory/ring/get.ts';
import {
  hasItem,
  makeRing,
  openRing,
  PUTS,
  RAW,
  READERS,
  type Ring,
  sizeOf,
  sleep,
  UNLIMITED,
  wakeAll,
  watch,
} from '../../memory/ring/ring.ts';
import { announceChange, block, ringBell, type Waiting } from '../../memory/wait.ts';
import type { EndBody, EndFacts, Wanted } from '../bodies.ts';
import { halfWay } from '../half_way.ts';
import { Line } from '../line.ts';
import { PutLine } from '../put_line.ts';

/**
 * Bytes that a pipe holds in each direction at most; larger messages pass in parts. WebKit has some 60 GB of address space
 * for all buffers, and what is no longer used is freed late: room for 15,000 pipes. A message of 1 MiB fits: in one piece it
 * is faster than in parts (Chromium, a ceiling of 4 MiB beside one of 1 MiB: 1.05 to 1.41 k echoes a second, 0.77 to 0.99).
 */
const MOST_BYTES = 1 << 21;

/** Bytes up to which a message that has to wait is copied, so that its sender may go on with the memory. */
const WORTH_COPYING = 1 << 16;

export const makePipeRing = (): SharedArrayBuffer => makeRing(UNLIMITED, MOST_BYTES);

/** How an end travels to another process. */
export interface PipeState {
  readonly holders: SharedArrayBuffer;
  readonly end: End;
  /** The slot that stands for it in `holders`; a new one where there is none yet. */
  readonly slot?: number;
  /** Who entered that. */
  readonly giver?: number;
  /** Where it receives from; none: it cannot. */
  readonly input: SharedArrayBuffer | undefined;
  /** Where it sends to; none: it cannot. */
  readonly output: SharedArrayBuffer | undefined;
}

export class EndWords implements EndBody {
  readonly #holders: Int32Array;
  readonly #end: End;
  readonly #slot: number;
  /** Stands for another process, that is to have this end. */
  isLegacy = false;
  /** Not set any more where it was deafened. */
  #input: Ring | undefined;
  readonly #output: Ring | undefined;
  /** Where `wait()` counts itself in. */
  readonly #watched: Ring;
  readonly #sends: PutLine | undefined;
  readonly #receipts = new Line();
  #closed = false;

  constructor({ holders, end, slot, giver = pid, input, output }: PipeState) {
    this.#holders = new Int32Array(holders);
    this.#end = end;
    this.#input = input && openRing(input);
    this.#output = output && openRing(output);
    this.#sends = this.#output && new PutLine(this.#output);
    this.#watched = (this.#input ?? this.#output) as Ring;
    this.#slot = slot === undefined ? enter(this.#holders, end) : takeOver(this.#holders, end, slot, giver);
  }

  get readable(): boolean {
    return this.#input !== undefined;
  }

  get writable(): boolean {
    return this.#output !== undefined;
  }

  get size(): number {
    return this.#input === undefined ? 0 : sizeOf(this.#input);
  }

  /** End 0 of a new pipe gets that number. */
  number(fileno: number): void {
    number(this.#holders, fileno);
  }

  get fileno(): number {
    return filenoOf(this.#holders, this.#end);
  }

  /** Has every process that held the other end closed it, or ended? */
  #isAlone(): boolean {
    return !isHeld(this.#holders, this.#end === 0 ? 1 : 0);
  }

  isReady(): boolean {
    return (this.#input !== undefined && hasItem(this.#input)) || this.#isAlone();
  }

  watch(change: 1 | -1): void {
    watch(this.#watched, change);
  }

  // ---------------------------------------------------------------------------------------------- sending

  /** Why there is no use in sending. */
  readonly #noOutput = (): Error | undefined =>
    this.#isAlone() ? new OSError('nobody can receive this: the other end of this pipe is closed') : undefined;

  /** Sends, if that takes one try. */
  trySend(message: Uint8Array, raw: boolean): boolean {
    const reason = this.#noOutput();
    if (reason !== undefined) throw reason;
    return (this.#sends as PutLine).tryNow(message, raw ? RAW : 0);
  }

  send<R>(
    message: Uint8Array,
    raw: boolean,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (done: boolean) => R,
  ): R | Promise<R> {
    if (this.trySend(message, raw)) return check(true);
    if (deadline === NEVER_WAIT) return check(false);
    const line = this.#sends as PutLine;
    // The memory of a value is the codec's.
    const kept = !raw || message.length <= WORTH_COPYING ? message.slice() : message;
    return lasting(line.enter(kept, deadline, signal, raw ? RAW : 0, this.#noOutput).then(check));
  }

  sendSync(message: Uint8Array, raw: boolean, deadline: number, name: string): boolean {
    if (this.trySend(message, raw)) return true;
    const line = this.#sends as PutLine;
    const sending = line.operation(message, deadline, raw ? RAW : 0, this.#noOutput);
    return block(line.finish(deadline), name) && block(sending, name);
  }

  // ---------------------------------------------------------------------------------------------- receiving

  /** Why there will never be anything to receive, once the ring is empty. */
  readonly #noInput = (): Error | undefined => {
    if (this.#closed) return closedMeanwhile();
    if (this.#isAlone()) return new EOFError('the other end of this pipe is closed, and nothing is left to receive');
    return undefined;
  };

  receive<R>(
    wanted: Wanted,
    deadline: number,
    signal: AbortSignal | undefined,
    read: (message: Uint8Array | undefined) => R,
  ): R | Promise<R> {
    const ring = this.#input as Ring;
    const accept = acceptOf(wanted);
    const message = this.#receipts.last === undefined ? tryGetNow(ring, accept) : undefined;
    if (message !== undefined) return read(message);
    const receiving = (): Waiting<Uint8Array | undefined> => get(ring, deadline, accept, this.#noInput);
    return lasting(this.#receipts.enter(receiving, deadline, signal).then(read));
  }

  receiveSync(wanted: Wanted, deadline: number, call: string): Uint8Array | undefined {
    const ring = this.#input as Ring;
    const accept = acceptOf(wanted);
    const message = tryGetNow(ring, accept);
    if (message !== undefined) return message;
    if (isGetting(ring)) throw halfWay(`Connection.${call}Sync`, call);
    return block(get(ring, deadline, accept, this.#noInput), `Connection.${call}`);
  }

  *polling(deadline: number): Waiting<boolean> {
    for (let slept = false; ; slept = true) {
      if (this.#closed || this.#input === undefined) throw closedMeanwhile();
      const { words } = this.#input;
      const puts = Atomics.load(words, PUTS);
      if (this.isReady()) {
        // It may have been woken in place of one who wants to receive.
        if (slept) wakeAll(this.#input);
        return true;
      }
      if (isPast(deadline)) return false;
      yield* sleep(words, READERS, PUTS, puts, deadline);
    }
  }

  deafen(): void {
    this.#input = undefined;
  }

  // ---------------------------------------------------------------------------------------------- holding

  /** Resolves when nothing waits to be sent any more. */
  async flush(): Promise<void> {
    await this.#sends?.flush();
  }

  close(): void {
    this.#closed = true;
    const release = (): void => {
      leave(this.#holders, this.#slot);
      this.#alert();
    };
    if (!this.#sends?.isWaiting) release();
    else {
      void this.#sends.flush().then(release);
      this.#alert();
    }
  }

  /** Whoever waits for the other side, here or there, is to look again. */
  #alert(): void {
    if (this.#input !== undefined) wakeAll(this.#input);
    if (this.#output !== undefined) wakeAll(this.#output);
    ringBell();
    announceChange();
  }

  /** What another process needs to hold this end, too; the heirs are to hear which one that is. */
  detach(heirs: Heir[]): PipeState {
    noteOwnPid();
    const slot = enter(this.#holders, this.#end);
    heirs.push((heir) => bequeath(this.#holders, slot, heir));
    return { ...this.#state(), slot, giver: pid };
  }

  #state(): PipeState {
    return {
      holders: this.#holders.buffer as SharedArrayBuffer,
      end: this.#end,
      input: bufferOf(this.#input),
      output: bufferOf(this.#output),
    };
  }

  fork(heirs: Heir[] = []): EndWords {
    const fork = new EndWords(this.#state());
    fork.isLegacy = true;
    heirs.push((heir) => (heir === 0 ? fork.close() : fork.inherit(heir)));
    return fork;
  }

  /** That process has it from now on, in place of who gave it away; where one has it already, that keeps it. */
  inherit(heir: number): void {
    if (!this.isLegacy) return;
    this.isLegacy = false;
    bequeath(this.#holders, this.#slot, heir);
  }

  adopt(_facts: EndFacts): void {
    this.inherit(pid);
  }

  /** The same, as this process has it: in its slot, if it is that. */
  open(): EndWords {
    return new EndWords({ ...this.#state(), slot: this.#slot });
  }

  /** The other end. */
  other(): EndWords {
    const { holders, input, output } = this.#state();
    return new EndWords({ holders, end: this.#end === 0 ? 1 : 0, input: output, output: input });
  }
}

/** The first end of a new pipe. One that is not duplex only receives there. */
export const makePipe = (duplex: boolean): EndWords =>
  new EndWords({
    holders: makeHolders(),
    end: 0,
    input: makePipeRing(),
    output: duplex ? makePipeRing() : undefined,
  });

const bufferOf = (ring: Ring | undefined): SharedArrayBuffer | undefined => ring?.words.buffer as SharedArrayBuffer;

/** Where the ring is to put such a message. */
const acceptOf =
  ({ raw, most, room, refuse }: Wanted): Accept =>
  (length, isRaw) =>
    isRaw !== raw || length > most
      ? refuse(length, isRaw)
      : room !== undefined && length <= room.length
        ? room.subarray(0, length)
        : new Uint8Array(length);

const closedMeanwhile = (): OSError => new OSError('this connection was closed while it waited to receive');
