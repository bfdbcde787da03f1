// Where threads share no memory: keeps tasks until the part of the library is here that sends them by message.

import { disinherit } from '../../codec/shared.ts';
import type { Park } from '../../memory/wait.ts';
import type { CallCarrier } from '../task_record.ts';
import type { Job, Task } from './job.ts';
import type { Member } from './member.ts';
import type { Transport } from './transport.ts';
import { Workers, type WorkersOptions } from './workers.ts';

interface Kept {
  readonly task: Task;
  readonly bytes: Uint8Array;
  readonly carrier: CallCarrier;
}

export class EarlyTransport implements Transport {
  readonly workers: Workers;
  readonly listens = false;
  readonly isNeeded = false;
  #kept: Kept[] = [];

  constructor(options: WorkersOptions) {
    // It starts none.
    this.workers = new Workers<Member>({ ...options, size: 0 }, { setup: nothing, enlist: nothing as never });
  }

  get size(): number {
    return this.#kept.length;
  }

  add(task: Task, bytes: Uint8Array, carrier: CallCarrier): void {
    const { attachments, transfer, heirs } = carrier;
    const own = { ...carrier, attachments: [...attachments], transfer: [...transfer], heirs: [...heirs] };
    this.#kept.push({ task, bytes: bytes.slice(), carrier: own });
  }

  cancel(job: Job): void {
    const kept = this.#kept;
    this.#kept = kept.filter(({ task }) => task.job !== job);
    for (const { task, carrier } of kept) if (task.job === job) disinherit(carrier.heirs, 0);
    job.open -= kept.length - this.#kept.length;
  }

  clear(): Task[] {
    const kept = this.#kept;
    this.#kept = [];
    for (const { carrier } of kept) disinherit(carrier.heirs, 0);
    return kept.map(({ task }) => task);
  }

  /** Hands on what there is. */
  moveTo(transport: Transport): void {
    if (this.workers.runs !== undefined) transport.workers.run([this.workers.runs]);
    for (const { task, bytes, carrier } of this.#kept) transport.add(task, bytes, carrier);
    this.#kept = [];
  }

  drain(): Park {
    return { words: NEVER, index: 0, seen: 0, until: Number.POSITIVE_INFINITY };
  }

  pump(): number {
    return Number.POSITIVE_INFINITY;
  }

  tend(): number {
    return Number.POSITIVE_INFINITY;
  }

  readonly begin = nothing;
  readonly release = nothing;
  readonly urge = nothing;
  readonly nudge = nothing;
  readonly lose = nothing;
  readonly retire = nothing;
  readonly close = nothing;
}

function nothing(): void {}
const NEVER = new Int32Array(1);
