// A worker of a pool that is a task of this realm.

import { breatheNowAndThen } from '../base/breathe.ts';
import { now } from '../base/deadline.ts';
import { encode } from '../codec/encode.ts';
import { isA } from '../errors.ts';
import { hasEnded } from '../memory/processes.ts';
import { CANCEL, CLAIM, ITEM, PARKED, READY } from '../pool/board.ts';
import type { Outcome, Task } from '../pool/owner/job.ts';
import { Member } from '../pool/owner/member.ts';
import { APPLY, NOTICE, OBSERVED, STARMAP, type Work } from '../pool/task_record.ts';
import { notify, setSlot } from '../pool/worker/current.ts';
import { SystemExit } from '../process/exit.ts';
import type { Handle } from '../process/handle.ts';
import { type Origin, origin, within } from '../process/origin.ts';
import { pack } from '../process/parcel.ts';
import { attribute, encodeThrown } from '../process/thrown.ts';
import { here, load, unload } from './journey.ts';

/** Where a worker's tasks come from, and its answers go. */
export interface Source {
  /** The next task for a worker, which holds it from now on; none: it is to wait, or to end. */
  take(member: DummyMember): Task | undefined;
  /** Will nothing more come? */
  readonly isOver: boolean;
  answer(task: Task, outcome: Outcome): void;
  /** It is about to answer a task that is observed. */
  stamp(claim: number, member: Member, began: number, ended: number): void;
}

export class DummyMember extends Member {
  readonly #source: Source;
  #isRetired = false;
  #wakeUp = (): void => {};

  constructor(process: Handle, index: number, slot: Int32Array, source: Source) {
    super(process, index, slot);
    this.#source = source;
  }

  protected override hear(): void {}

  /** Has it look for a task; false where it is at one. */
  rouse(): boolean {
    if (Atomics.compareExchange(this.slot, PARKED, 1, 0) !== 1) return false;
    this.#wakeUp();
    return true;
  }

  /** It ends once it finds nothing to do. */
  retire(): void {
    this.#isRetired = true;
    this.rouse();
  }

  override cancel(claim: number, reason: unknown): void {
    super.cancel(claim, reason);
    const parcel = pack(here(() => encodeThrown(reason)));
    notify({ type: 'parcel', from: 0, to: this.pid, claim, word: NOTICE, parcel });
  }

  /** Does tasks until there will be no more. */
  async work(itself: Origin): Promise<void> {
    Atomics.store(this.slot, READY, 1);
    while (!hasEnded(this.pid)) {
      const task = this.#source.take(this);
      if (task !== undefined) {
        await this.#do(task, itself);
        await breatheNowAndThen();
      } else if (this.#isRetired || this.#source.isOver) return;
      else {
        Atomics.store(this.slot, PARKED, 1);
        await new Promise<void>((resolve) => {
          this.#wakeUp = resolve;
        });
      }
    }
  }

  async #do(task: Task, itself: Origin): Promise<void> {
    const began = now();
    Atomics.store(this.slot, CLAIM, task.claim);
    const outcome = await this.#outcomeOf(task, itself);
    // Nothing that it does counts any more.
    if (hasEnded(this.pid)) return;
    const since = performance.timeOrigin;
    if (task.word & OBSERVED) this.#source.stamp(task.claim, this, since + began, since + now());
    Atomics.store(this.slot, ITEM, 0);
    Atomics.store(this.slot, CLAIM, 0);
    this.#source.answer(task, outcome);
  }

  /** @throws SystemExit: its process is to end. */
  async #outcomeOf(task: Task, itself: Origin): Promise<Outcome> {
    const { bytes, attachments } = (task.letter as NonNullable<Task['letter']>).parcel;
    task.letter = undefined;
    try {
      const work = unload({ bytes: bytes as Uint8Array, attachments, heirs: [] }, itself) as Work;
      const result = await this.#call(work, itself);
      return { ok: true, value: unload(load((carrier) => encode(result, 'result', carrier), true)) };
    } catch (error) {
      if (isA(error, SystemExit)) throw error;
      within(itself, () => attribute(error));
      return { ok: false, error: arrived(error) };
    }
  }

  async #call([kind, f, payload, kwds]: Work, itself: Origin): Promise<unknown> {
    if (typeof f !== 'function') throw new TypeError(`a pool was given ${typeof f} to call, which is not a function`);
    if (kind === APPLY) return this.#step(itself, f, kwds === undefined ? payload : [...payload, kwds]);
    const results: unknown[] = [];
    for (const item of payload) {
      results.push(await this.#step(itself, f, kind === STARMAP ? [...(item as Iterable<unknown>)] : [item]));
      // Its caller has given up.
      if (Atomics.load(this.slot, CANCEL) === Atomics.load(this.slot, CLAIM)) break;
    }
    return results;
  }

  /** One call, whose first step is taken in the name of this worker, for its task. */
  #step(itself: Origin, f: Work[1], args: readonly unknown[]): unknown {
    Atomics.add(this.slot, ITEM, 1);
    setSlot(this.slot);
    try {
      return within(itself, () => f(...(args as never[])));
    } finally {
      setSlot(undefined);
    }
  }
}

/** What was thrown, as its caller has it; or why that cannot be made again. */
function arrived(error: unknown): unknown {
  try {
    return unload(load(() => encodeThrown(error)));
  } catch (other) {
    return other;
  }
}

/** What the process of a worker runs. */
export async function workAs(
  member: () => DummyMember,
  initializer: ((...args: unknown[]) => unknown) | undefined,
  initargs: readonly unknown[],
): Promise<void> {
  const itself = origin as Origin;
  await initializer?.(...initargs);
  await member().work(itself);
}
