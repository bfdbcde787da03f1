// The types of a manager as they were registered, and what its server is started with.

import type { AnyFunction } from '../pool/task_record.ts';
import type { ProxyClass } from './look.ts';

/** A type as it was registered. */
export interface Registration {
  /** A class, or a function that makes an object; none: its object is given. */
  readonly factory: AnyFunction | (new (...args: never[]) => object) | undefined;
  readonly exposed: readonly string[] | undefined;
  readonly methodToTypeid: Readonly<Record<string, string>> | undefined;
  readonly proxytype: ProxyClass | undefined;
  /** Whether managers have a method that makes one. */
  readonly createMethod: boolean;
}

export type Registry = Readonly<Record<string, Registration>>;

/** What a server is started with. */
export interface Setup {
  readonly registry: Registry;
  /** Whether there are the built-in types. */
  readonly hasBuiltins: boolean;
  /** The process that the manager belongs to: when that ends, it ends. */
  readonly owner: number;
  /** Where it listens for other pages, and what they have to know. */
  readonly address: string | undefined;
  readonly authkey: Uint8Array;
  /** How that is done; none: as a thread of its own does. */
  readonly serve: Serve | undefined;
}

/**
 * Has this process serve until somebody asks for the end, or the owner has ended.
 *
 * @param onReady is called when it can be reached.
 * @param closing is aborted where that process asks for the end.
 */
export type Serve = (setup: Setup, onReady: () => unknown, closing?: AbortSignal) => Promise<void>;
