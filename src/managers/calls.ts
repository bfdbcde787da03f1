// The calls of one process to one server that have not been answered.

import { onGone } from '../base/realm.ts';
import { CANCELLED, THREW } from './request_record.ts';

export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** A call that waits for its reply. */
export interface Pending {
  outcome: Outcome | undefined;
  readonly settle: (() => void) | undefined;
  /** Why it was given up. */
  signal: AbortSignal | undefined;
}

export class Calls {
  readonly #pending = new Map<number, Pending>();
  #last = 0;

  get size(): number {
    return this.#pending.size;
  }

  /** A call that blocks. */
  enter(): { id: number; pending: Pending } {
    return this.#enter(undefined, undefined);
  }

  /**
   * A call whose promise this is. `cancel` is called where the signal is aborted; then the reply says whether it was given up
   * in time.
   */
  promise(send: (id: number) => void, signal: AbortSignal | undefined, cancel: (id: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        signal?.removeEventListener('abort', abort);
        callOff();
        const outcome = pending.outcome as Outcome;
        if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      };
      const callOff = onGone((error) => this.settle(id, { ok: false, error }));
      const { id, pending } = this.#enter(settle, signal);
      const abort = (): void => cancel(id);
      signal?.addEventListener('abort', abort);
      try {
        send(id);
      } catch (error) {
        this.settle(id, { ok: false, error });
      }
    });
  }

  #enter(settle: (() => void) | undefined, signal: AbortSignal | undefined): { id: number; pending: Pending } {
    // Never 0, which wants no reply.
    this.#last = (this.#last % 0x7fff_ffff) + 1;
    const pending: Pending = { outcome: undefined, settle, signal };
    this.#pending.set(this.#last, pending);
    return { id: this.#last, pending };
  }

  /** A reply has come. `read` answers what is in it: it is read in any case, since it may hold proxies. */
  hear(id: number, kind: number, read: () => unknown): void {
    let outcome: Outcome;
    try {
      const value = read();
      outcome = kind === THREW ? { ok: false, error: value } : { ok: true, value };
    } catch (error) {
      outcome = { ok: false, error };
    }
    if (kind === CANCELLED) outcome = { ok: false, error: this.#pending.get(id)?.signal?.reason };
    this.settle(id, outcome);
  }

  settle(id: number, outcome: Outcome): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    pending.outcome = outcome;
    pending.settle?.();
  }

  /** Nobody will answer any more. */
  fail(error: () => unknown): void {
    for (const id of [...this.#pending.keys()]) this.settle(id, { ok: false, error: error() });
  }
}
