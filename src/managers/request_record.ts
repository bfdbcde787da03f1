// What clients and the server of a manager say to each other, through rings in the memory of named blocks: a process finds
// them by the server's pid alone, also where it is blocked when it comes to know of the manager.
//
//   block "\0manager 3"      the ring of requests to process 3: all clients put, the server takes
//   block "\0manager 3 5"    the ring of replies to process 5, which makes it
//
//   request   word 0   number of the call; 0: no reply is wanted
//             word 1   pid of the client << 2 | flags       then [object, method, args] as the codec writes it
//   reply     word 0   number of the call
//             word 1   kind                                 then the value, or the error
//
// Behind the ring of requests are the versions of the objects (kept_replies.ts).
//
// Object 0 is the server itself.

import { encode } from '../codec/encode.ts';
import { DATA } from '../memory/ring/ring.ts';

/** Bytes of each ring. What is longer passes in parts. */
export const RING_BYTES = DATA + (1 << 18);

export const requestsTo = (server: number): string => `\0manager ${server}`;
export const repliesTo = (server: number, client: number): string => `\0manager ${server} ${client}`;

/** The last argument has a `signal`, which the server has to make. */
export const SIGNALS = 1;
/** The client's thread does nothing else until it has the reply. */
export const BLOCKS = 2;
/** The client would keep the reply. */
export const KEEPS = 4;
export const FLAGS = SIGNALS | BLOCKS | KEEPS;
export const FLAG_BITS = 3;

/** How a call ended. */
export const RETURNED = 0;
export const THREW = 1;
/** It was given up, as its client had asked. */
export const CANCELLED = 2;
/** As RETURNED, and what was asked with KEEPS will be answered so until the version of the object changes. */
export const STANDS = 3;

export type Request = readonly [object: number, method: string, args: readonly unknown[]];

/** What the server itself can be asked. Those of the second group want no reply. */
export interface ServerMethods {
  create(typeid: string, args: readonly unknown[]): unknown;
  debugInfo(): readonly DebugInfo[];
  shutdown(): void;

  /** That call is given up. */
  cancel(call: number): void;
  /** The client has one proxy of this object less. */
  release(object: number): void;
  /** A process that is about to start has one proxy more. */
  hold(object: number, pid: number): void;
  /** A proxy is on its way to somebody. */
  depart(object: number, passage: number): void;
  /** That proxy has come to this client. */
  land(object: number, passage: number): void;
}

/** What a manager holds. */
export interface DebugInfo {
  /** The number of the object in its server. */
  readonly id: number;
  /** The name that its type was registered by. */
  readonly typeid: string;
  /** Proxies in other processes, and on their way to one. */
  readonly references: number;
}

/** A request, from the second word on. @throws DataCloneError for arguments that cannot travel, naming their path. */
export function encodeRequest(object: number, method: string, args: readonly unknown[]): Uint8Array {
  try {
    return encode([object, method, args], '');
  } catch (error) {
    // Once more, with the names that the caller knows.
    encode(args, 'args');
    throw error;
  }
}
