// One client, as the server sees it: what it holds, which of its calls are not over, and how it is answered.

import { hasEnded, isLeaving } from '../../memory/processes.ts';
import type { Address } from '../link.ts';
import type { Call, Client } from './caller.ts';
import type { Entry } from './objects.ts';

/** A call that is not over. */
export class RunningCall implements Call {
  readonly client: Session;
  readonly id: number;
  readonly isBlocking: boolean;
  /** Its client has given it up. */
  isCancelled = false;
  isAnswered = false;
  /** What it was given is plain data. */
  isPlain = false;
  /** What it answers stands until its object is changed. */
  stands = false;
  #controller: AbortController | undefined;

  constructor(client: Session, id: number, isBlocking: boolean) {
    this.client = client;
    this.id = id;
    this.isBlocking = isBlocking;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.isCancelled) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#controller?.abort();
  }
}

export abstract class Session implements Client {
  abstract readonly title: string;
  /** How the client names this server. */
  abstract readonly server: Address;
  readonly calls = new Map<number, RunningCall>();
  #isOver = false;
  readonly #listeners = new Set<() => void>();
  readonly #held = new Map<number, { readonly entry: Entry; count: number }>();

  /** Takes a step of the server's for that client. */
  step<T>(act: () => T): T {
    return act();
  }

  /** Sends a reply, whatever becomes of it. */
  abstract reply(id: number, kind: number, value: Uint8Array): void;

  onGone(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  /** Known at once, not only when it is buried: what it waits for is to go to others. */
  get isGone(): boolean {
    return this.#isOver;
  }

  get isLeaving(): boolean {
    return this.isGone;
  }

  /** It has one proxy more. */
  grant(entry: Entry): void {
    if (this.isGone) return;
    const held = this.#held.get(entry.id);
    if (held === undefined) this.#held.set(entry.id, { entry, count: 1 });
    else held.count++;
    entry.references++;
  }

  /** It has one proxy less. */
  release(id: number): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.entry.references--;
    if (--held.count === 0) this.#held.delete(id);
  }

  /** The client has ended: it holds nothing any more, and its calls are given up. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const { entry, count } of this.#held.values()) entry.references -= count;
    this.#held.clear();
    for (const call of this.calls.values()) call.cancel();
    for (const callback of this.#listeners) callback();
    this.#listeners.clear();
  }
}

/** A process of this page. */
export abstract class ProcessSession extends Session {
  readonly title: string;
  readonly server: number;
  protected readonly pid: number;

  constructor(server: number, pid: number) {
    super();
    this.server = server;
    this.pid = pid;
    this.title = `process ${pid}`;
  }

  override get isGone(): boolean {
    return super.isGone || hasEnded(this.pid);
  }

  override get isLeaving(): boolean {
    return super.isGone || isLeaving(this.pid);
  }
}
