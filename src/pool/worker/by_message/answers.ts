// A worker's answers, gathered until its batch is through, or for a millisecond.

import { now } from '../../../base/deadline.ts';
import { MAIN } from '../../../base/thread.ts';
import { post } from '../../../process/kernel.ts';
import { type Parcel, pack } from '../../../process/parcel.ts';
import { ANSWERS, BACK, LATE, Records } from '../../batch_record.ts';
import { type CallCarrier, RETURNED, STAMP } from '../../task_record.ts';
import { Answers, type Held, stampOf } from '../answers.ts';

/** Bytes from which on data goes as a message of its own, in place of a copy in the record. */
const LARGE = 1 << 14;
/** Milliseconds for which an answer is kept. */
const KEEP = 1;

export class MessageAnswers extends Answers {
  readonly #owner: number;
  readonly #isLate: () => boolean;
  readonly #records = new Records();
  /** Since when this thread has been at what it has not answered. */
  #since = 0;

  /** @param isLate whether the present item takes longer than it may. */
  constructor(owner: number, isLate: () => boolean) {
    super(1 << 18, owner);
    this.#owner = owner;
    this.#isLate = isLate;
  }

  /** A batch begins. */
  begin(): void {
    this.#since = now();
  }

  /** Gives what there is, where it has been kept for long. */
  flushOld(): void {
    if (now() - this.#since > KEEP) this.flush();
  }

  /** Gives what there is. */
  flush(): void {
    if (this.#records.count > 0) this.#post(pack(this.#take()));
  }

  /** A task was not begun, and will not be. */
  giveBack(claim: number): void {
    this.#records.add(claim, BACK, NOTHING);
  }

  #take(records = this.#records): Uint8Array<ArrayBuffer> {
    const since = this.#since;
    this.#since = now();
    return records.take(this.#since - since);
  }

  #post(parcel: Parcel): void {
    post({ to: this.#owner, claim: 0, word: ANSWERS, parcel });
  }

  override give(task: Held, value: unknown): Promise<void> | undefined {
    return this.#isLate() ? this.skip(task) : super.give(task, value);
  }

  protected override answer(task: Held, kind: number, bytes: Uint8Array): undefined {
    this.#stamp(task);
    if (this.#isLate()) this.#records.add(task.claim, LATE, NOTHING);
    else if (bytes.length < LARGE) this.#records.add(task.claim, kind, bytes);
    else this.#alone(task, kind, bytes, NO_CARRIER);
  }

  /** Shared objects are keys here. */
  protected override goesAlone({ attachments, heirs }: CallCarrier): boolean {
    return attachments.length + heirs.length > 0;
  }

  protected override post(task: Held, bytes: Uint8Array, carrier: CallCarrier): void {
    this.#stamp(task);
    // The page reads an answer as soon as it hears it, so until then the objects are this worker's: they end with it.
    if (this.#owner !== MAIN) for (const heir of carrier.heirs) heir(this.#owner);
    this.#alone(task, RETURNED, bytes, carrier);
  }

  protected override posted(): undefined {}

  #alone({ claim }: Held, kind: number, bytes: Uint8Array, beside: Omit<Parcel, 'bytes'>): void {
    this.flush();
    const records = new Records(bytes.length);
    records.add(claim, kind, bytes);
    this.#post(pack(this.#take(records), beside, false));
  }

  #stamp(task: Held): void {
    const stamp = stampOf(task);
    if (stamp !== undefined) this.#records.add(task.claim, STAMP, stamp);
  }
}

const NOTHING = new Uint8Array(0);
const NO_CARRIER = { attachments: [], transfer: [] };
