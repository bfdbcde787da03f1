// The owner's side of the flags by which calls are given up (pool/board.ts).

import { allocate, grow } from '../../../memory/buffer.ts';

const FIRST_FLAGS = 1 << 12;
const MOST_FLAGS = 1 << 22;

export class Flags {
  readonly buffer: SharedArrayBuffer = allocate(FIRST_FLAGS, MOST_FLAGS);
  readonly #free: number[] = [];
  readonly #bySignal = new WeakMap<AbortSignal, { readonly flag: number; users: number }>();
  readonly #shared = new Map<number, { users: number }>();
  #used = 1;

  /** A flag that is down; 0 where there is none left: what has it runs to its end even if it is given up. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#used * 4 === this.buffer.byteLength && !this.#grow()) return 0;
    return this.#used++;
  }

  #grow(): boolean {
    try {
      grow(this.buffer, this.buffer.byteLength * 2);
      return true;
    } catch {
      return false;
    }
  }

  /** One flag for all calls with that signal: what waits is dropped by the first who hears of the abort. */
  takeFor(signal: AbortSignal): number {
    const known = this.#bySignal.get(signal);
    if (known !== undefined && known.users > 0) {
      known.users++;
      return known.flag;
    }
    const flag = this.take();
    const shared = { flag, users: 1 };
    this.#bySignal.set(signal, shared);
    this.#shared.set(flag, shared);
    return flag;
  }

  raise(flag: number): void {
    if (flag !== 0) Atomics.store(new Int32Array(this.buffer), flag, 1);
  }

  /** Nobody will ask for it any more. */
  release(flag: number): void {
    if (flag === 0) return;
    const shared = this.#shared.get(flag);
    if (shared !== undefined && --shared.users > 0) return;
    this.#shared.delete(flag);
    Atomics.store(new Int32Array(this.buffer), flag, 0);
    this.#free.push(flag);
  }
}
