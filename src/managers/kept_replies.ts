// Replies that clients keep, for objects that are read much more often than they are written.
//
//   block "\0manager 3"   byte 0            the ring of requests (request_record.ts)
//                         byte RING_BYTES   versions: that of object n is word n mod VERSIONS
//
//   server    changes the version of an object, and then does what may change the object
//   client    looks at the version, and then asks; the reply stands as long as the version is what it was
//
// While a version is the same, no change has begun since before the request was sent: the object is as it was when the reply was
// made. A write that was acknowledged before a read began has changed the version by then, so that read asks anew, in
// whichever process. Objects that share a word only make each other's readers ask more often, and no word is ever given back.
// (A version returns after 2^32 changes. Somebody would have to keep a reply all that time, and ask again at the very change.)
//
// What one process asks for is done in the order in which it asks, also where it does not await: a read sees what it wrote
// before. So nothing is answered from here as long as the last request has no reply. Those before it may still have none: what
// they wait for happens later, but they have begun.
//
// Which replies stand says the server (server/reads.ts). Only questions of few words are remembered: a method, and at most one
// argument, which is no object.

import { isLeaving } from '../memory/processes.ts';
import { isShut, type Ring } from '../memory/ring/ring.ts';
import { RING_BYTES, STANDS } from './request_record.ts';

const VERSIONS = 1024;

/** Bytes of the block of a server. */
export const SERVER_BYTES = RING_BYTES + VERSIONS * Int32Array.BYTES_PER_ELEMENT;

/** The two parts of that block. */
export const ringIn = (block: Uint8Array<SharedArrayBuffer>): Uint8Array<SharedArrayBuffer> =>
  block.subarray(0, RING_BYTES);
export const versionsIn = ({ buffer, byteOffset }: Uint8Array<SharedArrayBuffer>): Int32Array =>
  new Int32Array(buffer, byteOffset + RING_BYTES, VERSIONS);

/** The server's side: does what may change an object. */
export function changing<T>(versions: Int32Array | undefined, object: number, change: () => T): T {
  if (versions !== undefined) Atomics.add(versions, object % VERSIONS, 1);
  return change();
}

/** Bytes that replies take at most, about: rather than to have more, all are forgotten. */
const MOST = 1 << 20;
/** What one takes beside its own bytes. */
const OVERHEAD = 256;

interface Question {
  readonly object: number;
  readonly method: string;
  readonly arg: unknown;
  /** That of the object before it was asked. */
  readonly version: number;
}

interface Kept {
  readonly version: number;
  readonly record: Uint8Array;
}

/** A client's side. */
export class KeptReplies {
  readonly #server: number;
  readonly #requests: Ring;
  readonly #versions: Int32Array;
  /** By object and method, and then by argument. */
  readonly #kept = new Map<string, Map<unknown, Kept>>();
  #bytes = 0;
  /** What may be kept, by the number of the call. */
  readonly #asked = new Map<number, Question>();
  /** The last call as long as it has no reply; else 0. */
  #due = 0;

  constructor(server: number, requests: Ring, versions: Int32Array) {
    this.#server = server;
    this.#requests = requests;
    this.#versions = versions;
  }

  /** The record of a reply that stands. None of a server that has ended, or is about to. */
  find(object: number, method: string, args: readonly unknown[]): Uint8Array | undefined {
    if (this.#due !== 0 || !isShort(args)) return undefined;
    const kept = this.#kept.get(`${object} ${method}`)?.get(args[0]);
    if (kept === undefined || isLeaving(this.#server) || isShut(this.#requests)) return undefined;
    return Atomics.load(this.#versions, object % VERSIONS) === kept.version ? kept.record : undefined;
  }

  /** That call is about to be sent. Answers whether its reply may be kept. */
  ask(call: number, object: number, method: string, args: readonly unknown[]): boolean {
    this.#due = call;
    if (!isShort(args)) return false;
    const version = Atomics.load(this.#versions, object % VERSIONS);
    this.#asked.set(call, { object, method, arg: args[0], version });
    return true;
  }

  /** A reply has come, in a record of its own. */
  hear(call: number, kind: number, record: Uint8Array): void {
    if (call === this.#due) this.#due = 0;
    const asked = this.#asked.get(call);
    this.#asked.delete(call);
    if (asked !== undefined && kind === STANDS) this.#keep(asked, record);
  }

  #keep({ object, method, arg, version }: Question, record: Uint8Array): void {
    const bytes = record.length + OVERHEAD;
    if (this.#bytes + bytes > MOST) {
      this.#kept.clear();
      this.#bytes = 0;
    }
    if (bytes > MOST) return;
    const key = `${object} ${method}`;
    let byArgument = this.#kept.get(key);
    if (byArgument === undefined) {
      byArgument = new Map();
      this.#kept.set(key, byArgument);
    }
    const before = byArgument.get(arg);
    this.#bytes += bytes - (before === undefined ? 0 : before.record.length + OVERHEAD);
    byArgument.set(arg, { version, record });
  }
}

/** Is there at most one argument, and that no object? */
function isShort(args: readonly unknown[]): boolean {
  const [arg] = args;
  const type = typeof arg;
  return args.length < 2 && (arg === null || (type !== 'object' && type !== 'function' && type !== 'symbol'));
}
