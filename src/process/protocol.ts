// Every message between the root and a worker, and what is in it.
//
//   worker                         root
//     | --- ready { lock } -------> |   it is loaded, and holds the Web Lock of that name as long as it lives
//     | <-- boot { ... } ---------- |   be this process, once you hold your lock
//     | <-- preload { ... } ------- |   to a spare: load these, and be ready for a boot
//     | --- spawn { request } ----> |   start this process for me
//     | --- terminate { pid } ----> |   it is condemned in the table already: end its worker
//     | --- parcel { to, ... } ---> |   what only the browser can move, for another process; handed on to that:
//     | <-- parcel { from, ... } -- |
//     | --- report { text } ------> |   for the console
//     | --- unreadable -----------> |   a message to it was lost
//     | --- warm -----------------> |   workers in reserve will be needed soon
//     | --- blocked { words } ----> |   its thread waits there, and will for a while: wake it with changes
//     | --- ended { pid } --------> |   it noted its end in the table already: let go of its worker
//
// Where threads share no memory each has a process table of its own, in which it notes what it is told:
//
//     | <-- boot { pids } --------- |   numbers for processes that it starts
//     | <-- pids { pids } --------- |   some more
//     | --- terminate { pid, .. } > |   end this child of mine, with that exit code
//     | --- follow { pid } -------> |   tell me when that process has ended
//     | --- ended { outcome } ----> |   with what it leaves behind; then it waits for its worker's end
//     | <-- end { pid, .. } ------- |   a child, with what it leaves behind, the parent, or one that it follows has ended
//     | --- requests { items } ---> |   to the shared objects, which are in the page (src/message/)
//     | <-- replies { items } ----- |

import { isWorker, MAIN } from '../base/thread.ts';
import type { PidRange } from '../memory/processes.ts';
import type { Blocked } from '../memory/wait.ts';
import type { Contents } from './outcome.ts';
import type { Parcel, Posted } from './parcel.ts';

/** How processes start: each in a new worker, or in one that waits in reserve. */
export type StartMethod = 'spawn' | 'forkserver';

/**
 * What one process posts to another. A message of a worker is the quickest way in every engine; a MessagePort between two threads
 * takes 8 ms for 1 MiB in Firefox, where it leads through another process of the browser.
 */
export interface Post {
  readonly type: 'parcel';
  readonly from: number;
  readonly to: number;
  /**
   * Which task of a pool it belongs to (pool/task_record.ts), or one of those below; none: it is the result of the process that it comes
   * from.
   */
  readonly claim?: number;
  /** What it says of that task (pool/task_record.ts, pool/batch_record.ts). */
  readonly word?: number;
  readonly parcel: Parcel;
}

// None of these is a task's claim, which may be any other number from -2^30 on. (A pool's posts that are of no task say 0, too.)

/** The manager that the sender serves can be reached. */
export const READY = 0;
/** A request to the manager that the receiver serves (managers/posted_link.ts). */
export const REQUEST = -0x7000_0001;
/** A reply of the manager that the sender serves. An empty one: it serves none, or none any more. */
export const REPLY = -0x7000_0002;

/** How a process logs (logger.ts): from which level on, and whether to the console. */
export interface Logging {
  readonly level: number;
  readonly toStderr: boolean;
}

/** A process that its parent asks for. */
export interface SpawnRequest {
  readonly pid: number;
  readonly parent: number;
  readonly parentName: string;
  readonly name: string;
  /** The numbers behind the default names: [1, 2] for Process-1:2. */
  readonly identity: readonly number[];
  readonly daemon: boolean;
  readonly method: StartMethod;
  /** The number of the executable that it runs; what a process starts runs its own. */
  readonly executable: number;
  /** The qualified name of what it runs, for who looks on. */
  readonly task: string;
  /** How its logger is set up; nothing where its parent's never was. */
  readonly logging: Logging | undefined;
  readonly authkey: Uint8Array;
  /** Where its outcome goes (outcome.ts); nothing on its way to another thread, where threads share no memory. */
  readonly outcome: SharedArrayBuffer | undefined;
  /** Parts of the library to load first (late_parts.ts). */
  readonly lateParts: readonly string[];
  /** An `Assignment`. */
  readonly work: Parcel;
}

/** What a process is to do: run `process`, an instance of a registered class, or call `target`. */
export interface Assignment {
  readonly process: { run(): unknown } | undefined;
  readonly target: ((...args: unknown[]) => unknown) | undefined;
  readonly args: readonly unknown[];
  readonly kwargs: object | undefined;
}

/** What a process asks of a shared object in the page. Keys are `<pid>:<number>`, given by who makes it; what is not called wants no answer. */
export type Request =
  | readonly ['make', key: string, kind: string, args: readonly unknown[]]
  | readonly ['call', key: string, method: string, args: readonly unknown[], id: number]
  | readonly ['post', key: string, method: string, args: readonly unknown[]]
  /** That call is to be given up. Its reply says whether it was, or had come through. */
  | readonly ['cancel', id: number]
  /** That process has it from now on. */
  | readonly ['hold', key: string, heir: number]
  /** This one has it no longer. */
  | readonly ['drop', key: string]
  /** A record with it goes from one process to another; 0: it is new; it is not sent after all. */
  | readonly ['travel', key: string, from: number, to: number]
  /** Such a record was read here. */
  | readonly ['arrive', key: string];

/** What a process hears of its requests. Errors are as the codec wrote them. */
export type Reply =
  | readonly ['done', id: number, value: unknown]
  /** The value is bytes. */
  | readonly ['bytes', id: number, value: Posted]
  | readonly ['failed', id: number, error: Uint8Array]
  | readonly ['givenUp', id: number]
  /** Something that wanted no answer could not be done. */
  | readonly ['refused', error: Uint8Array]
  /** The object says something that nobody has asked for. */
  | readonly ['told', key: string, values: readonly unknown[]];

export type FromWorker =
  | { readonly type: 'ready'; readonly lock: string | undefined }
  /** Its request for a lock was denied: it can be a process only where all goes by message. */
  | { readonly type: 'denied'; readonly reason: string }
  | { readonly type: 'spawn'; readonly request: SpawnRequest }
  | { readonly type: 'terminate'; readonly pid: number; readonly exitcode: number }
  | { readonly type: 'follow'; readonly pid: number }
  | Post
  | { readonly type: 'report'; readonly text: string }
  | { readonly type: 'unreadable' }
  | { readonly type: 'warm' }
  | { readonly type: 'blocked'; readonly at: Blocked }
  | { readonly type: 'ended'; readonly pid: number; readonly exitcode: number; readonly outcome: Contents | undefined }
  | { readonly type: 'requests'; readonly items: readonly Request[] };

export interface Boot {
  readonly type: 'boot';
  readonly request: SpawnRequest;
  readonly table: SharedArrayBuffer | undefined;
  /** The memory of named blocks; a rehearsal has none. */
  readonly arena: SharedArrayBuffer | undefined;
  /** Where threads share no memory. */
  readonly pids: PidRange | undefined;
}

/** A process has ended. */
export interface End {
  readonly type: 'end';
  readonly pid: number;
  readonly exitcode: number;
  /** For its parent. */
  readonly outcome: Contents | undefined;
}

export type FromRoot =
  | Boot
  | { readonly type: 'preload'; readonly urls: readonly string[]; readonly lateParts: readonly string[] }
  | { readonly type: 'pids'; readonly pids: PidRange }
  | End
  | { readonly type: 'replies'; readonly items: readonly Reply[] }
  | Post;

/** The name of the Web Lock of that number. */
export const lockNamed = (number: Int32Array): string => `web-multiprocessing ${number}`;

/** A message of ours, among those of the app: nothing else begins with this, or has this key. */
const KEY = 'web-multiprocessing';

/**
 * The message as it goes to postMessage. A post is a list, which engines clone faster than an object, whose keys they clone with it:
 *
 *   KEY, from, to, claim, word, bytes, attachments, transfer
 */
export function seal(message: FromWorker | FromRoot): unknown {
  if (message.type !== 'parcel') return { [KEY]: message };
  const { from, to, claim, word, parcel } = message;
  // Who hands it on has to know what moves.
  const transfer = isWorker && to !== MAIN ? parcel.transfer : undefined;
  return [KEY, from, to, claim, word, parcel.bytes, parcel.attachments, transfer];
}

export function unseal<T extends FromWorker | FromRoot>(data: unknown): T | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if (!Array.isArray(data)) return (data as Partial<Record<typeof KEY, T>>)[KEY];
  const [key, from, to, claim, word, bytes, attachments, transfer = []] = data;
  if (key !== KEY) return undefined;
  const post: Post = { type: 'parcel', from, to, claim, word, parcel: { bytes, attachments, transfer } };
  return post as T;
}
