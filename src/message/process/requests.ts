// Runs in a process that shares no memory with others: what it asks of its shared objects, which are in the page, and hears of them.
// Requests gather for a message (process/gathering.ts). All are done in the order in which they were made.

import { decode } from '../../codec/decode.ts';
import { checkHears, type Park, type Waiting, wake } from '../../memory/wait.ts';
import { onReplies, tell } from '../../process/child/uplink.ts';
import { Gathering } from '../../process/gathering.ts';
import { fromPost } from '../../process/parcel.ts';
import type { Reply, Request } from '../../process/protocol.ts';

// ------------------------------------------------------------------------------------------------ sending

let moving: Transferable[] = [];

const gathered = new Gathering<Request>((items) => {
  const transfer = moving;
  moving = [];
  tell({ type: 'requests', items }, transfer);
});

/** Sends it, in order. @param moved what the browser is to move. */
export function send(request: Request, moved: readonly Transferable[] = []): void {
  moving.push(...moved);
  gathered.add(request);
}

/** Asks for something that wants no answer. Where it is refused, that is an uncaught error of this process. */
export const post = (key: string, method: string, ...args: readonly unknown[]): void =>
  send(['post', key, method, args]);

// ------------------------------------------------------------------------------------------------ calling

const calls = new Map<number, Call>();
let last = 0;
/** Words of calls that are over, for others: the garbage collector is slow with memory. */
const spare: Int32Array[] = [];

/** One call of a method of a shared object. */
export class Call {
  readonly #id = ++last;
  readonly #words = spare.pop() ?? new Int32Array(1);
  readonly #undo: ((value: unknown) => void) | undefined;
  #reply: Reply | undefined;
  #isForgotten = false;

  /** @param undo what to do with an answer for which nobody waits any more, the operation having been ended. */
  constructor(undo?: (value: unknown) => void) {
    this.#undo = undo;
  }

  /** Makes it. @throws BlockingNotAllowedError where this thread is about to block, before anything is sent. */
  make(key: string, method: string, ...args: readonly unknown[]): void {
    this.makeMoving([], key, method, ...args);
  }

  /** The same, with what the browser is to move. */
  makeMoving(moved: readonly Transferable[], key: string, method: string, ...args: readonly unknown[]): void {
    checkHears();
    calls.set(this.#id, this);
    send(['call', key, method, args, this.#id], moved);
  }

  /**
   * Waits for what it answers, or throws. Given up, it waits until the page has given it up, too, or answers what it had come to
   * before.
   */
  *reply(): Waiting<unknown> {
    const park: Park = { words: this.#words, index: 0, seen: 0, until: Number.POSITIVE_INFINITY };
    try {
      while (this.#reply === undefined) yield park;
    } catch (reason) {
      send(['cancel', this.#id]);
      while (this.#reply === undefined) yield { ...park, firm: true };
      if (this.#reply[0] === 'givenUp') throw reason;
    } finally {
      if (this.#reply === undefined) this.#forget();
      else {
        this.#words[0] = 0;
        spare.push(this.#words);
      }
    }
    if (this.#reply[0] === 'failed') throw decode(this.#reply[2]);
    return this.#reply[0] === 'bytes' ? fromPost(this.#reply[2]) : this.#reply[2];
  }

  /** Nobody waits for it any more. */
  #forget(): void {
    this.#isForgotten = true;
    send(['cancel', this.#id]);
  }

  /** Those that wait for it look whether they still need to. */
  rouse(): void {
    wake(this.#words, 0);
  }

  /** @internal */
  hear(reply: Reply): void {
    this.#reply = reply;
    this.#words[0] = 1;
    if (!this.#isForgotten) this.rouse();
    else if (reply[0] === 'done') this.#undo?.(reply[2]);
  }
}

/** Calls a method of a shared object, and waits for what it answers, or throws. */
export function* call(key: string, method: string, ...args: readonly unknown[]): Waiting<unknown> {
  const made = new Call();
  made.make(key, method, ...args);
  return yield* made.reply();
}

// ------------------------------------------------------------------------------------------------ hearing

type Told = (values: readonly unknown[]) => void;

/** Begins to make requests. @param findTold who hears what the object of that key says by itself. */
export function begin(findTold: (key: string) => Told | undefined): void {
  onReplies((replies) => {
    for (const reply of replies) hear(reply, findTold);
  });
}

function hear(reply: Reply, findTold: (key: string) => Told | undefined): void {
  switch (reply[0]) {
    case 'told':
      findTold(reply[1])?.(reply[2]);
      break;
    case 'refused':
      queueMicrotask(() => {
        throw decode(reply[1]);
      });
      break;
    default:
      calls.get(reply[1])?.hear(reply);
      calls.delete(reply[1]);
  }
}
