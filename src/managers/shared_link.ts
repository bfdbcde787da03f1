// A client's side of the rings to a manager in this page (request_record.ts).

import { breathe, turnIfDue } from '../base/breathe.ts';
import { now } from '../base/deadline.ts';
import { checkRealm, lasting } from '../base/realm.ts';
import { isWorker, pid } from '../base/thread.ts';
import { decode } from '../codec/decode.ts';
import { Intake, once } from '../data/intake.ts';
import { PutLine } from '../data/put_line.ts';
import { HEADER, wordOf } from '../data/record.ts';
import { OSError } from '../errors.ts';
import { attach, type Block, close, create, unlink } from '../memory/blocks.ts';
import { hasEnded } from '../memory/processes.ts';
import { isShut, layRing, openRing } from '../memory/ring/ring.ts';
import { block, type Park, refuseBlocking, settle, type Waiting } from '../memory/wait.ts';
import type { Pending } from './calls.ts';
import { gone } from './gone.ts';
import { KeptReplies, ringIn, versionsIn } from './kept_replies.ts';
import { RecordLink } from './record_link.ts';
import { BLOCKS, KEEPS, RING_BYTES, repliesTo, requestsTo } from './request_record.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** Milliseconds of replies, or of calls answered at once, after which the event loop gets a turn. */
const STRETCH = 8;

export class SharedLink extends RecordLink<number> {
  readonly #blocks: Block[] = [];
  /** All three are there as long as somebody serves. */
  #puts: PutLine | undefined;
  #intake: Intake | undefined;
  #kept: KeptReplies | undefined;
  #running = false;
  /** When the event loop last had a turn. */
  #rested = 0;

  /** Opens the rings, if that was not done. @throws WorkerDiedError, InvalidStateError where nobody serves. */
  #open(title: string): PutLine {
    if (this.#puts !== undefined) return this.#puts;
    const { server } = this;
    const requests = attach(requestsTo(server));
    if (typeof requests === 'string') throw gone(server, title);
    const replies = create(repliesTo(server, pid), RING_BYTES);
    if (typeof replies === 'string') {
      close(requests);
      throw new OSError(`${title}(): no room for the replies of the manager in process ${server}`);
    }
    layRing(replies.bytes);
    this.#blocks.push(requests, replies);
    const ring = openRing(ringIn(requests.bytes));
    const isLost = (): true | undefined => hasEnded(server) || isShut(ring) || undefined;
    this.#puts = new PutLine(ring, () => (isLost() ? gone(server, title) : undefined));
    this.#intake = new Intake(openRing(replies.bytes), (record) => this.hear(record), isLost);
    this.#kept = new KeptReplies(server, ring, versionsIn(requests.bytes));
    return this.#puts;
  }

  protected override request(id: number, object: number, method: string, args: readonly unknown[], flags: number) {
    const keeps = id !== 0 && this.#kept?.ask(id, object, method, args);
    return super.request(id, object, method, args, keeps ? flags | KEEPS : flags);
  }

  protected override hear(record: Uint8Array): void {
    this.#kept?.hear(wordOf(record, 0), wordOf(record, 1), record);
    super.hear(record);
  }

  // ---------------------------------------------------------------------------------------------- async

  override call(
    object: number,
    method: string,
    args: readonly unknown[],
    title: string,
    values?: number,
  ): Promise<unknown> {
    const kept = this.#kept?.find(object, method, args);
    if (kept === undefined) return super.call(object, method, args, title, values);
    checkRealm();
    const value = decode(kept, undefined, HEADER);
    // Who reads again and again until somebody has written would keep the event loop from its turn.
    const turn = turnIfDue();
    return turn === undefined ? Promise.resolve(value) : lasting(turn.then(() => value));
  }

  protected override send(record: Uint8Array, title: string): undefined {
    this.#send(record, title);
    if (!this.#running) void this.#run();
  }

  /** @throws WorkerDiedError, InvalidStateError where nobody is there to read it. */
  #send(record: Uint8Array, title: string): void {
    const puts = this.#open(title);
    if (puts.tryNow(record)) return;
    // If it comes to nothing, the server has ended, which whoever waits for the reply sees by itself.
    puts.enter(record.slice(), FOREVER).catch(() => {});
  }

  post(method: string, ...args: unknown[]): void {
    if (hasEnded(this.server)) return;
    // Who has asked for the end reads nothing behind it.
    if (method === 'shutdown') this.#kept = undefined;
    try {
      this.#send(this.request(0, 0, method, args, 0), method);
    } catch {
      // Nobody serves any more, and so nobody holds anything.
    }
  }

  /** Takes replies until none is due. */
  async #run(): Promise<void> {
    this.#running = true;
    while (this.calls.size > 0) {
      const park = this.#drain(() => this.calls.size === 0, now() + STRETCH);
      if (park !== undefined) await settle(once(park, FOREVER));
      else if (this.calls.size > 0 || now() - this.#rested > STRETCH) await breathe();
      else break;
      this.#rested = now();
    }
    this.#running = false;
  }

  #drain(isDone: () => boolean, end: number): Park | undefined {
    const intake = this.#intake as Intake;
    const park = intake.drain(isDone, end);
    if (intake.isOver) this.#end();
    return park;
  }

  /** The server has ended, and all that it said is read. */
  #end(): void {
    for (const each of this.#blocks.splice(0)) close(each);
    unlink(repliesTo(this.server, pid));
    this.#puts = undefined;
    this.#kept = undefined;
    this.calls.fail(() => gone(this.server));
  }

  // ---------------------------------------------------------------------------------------------- blocking

  callSync(object: number, method: string, args: readonly unknown[], title: string): unknown {
    if (!isWorker) throw refuseBlocking(title);
    const kept = this.#kept?.find(object, method, args);
    if (kept !== undefined) return decode(kept, undefined, HEADER);
    const { id, pending } = this.calls.enter();
    try {
      this.#sendSync(this.request(id, object, method, args, BLOCKS), title);
    } catch (error) {
      this.calls.settle(id, { ok: false, error });
    }
    if (pending.outcome === undefined) block(this.#answered(pending), title);
    const outcome = pending.outcome as NonNullable<typeof pending.outcome>;
    if (outcome.ok) return outcome.value;
    throw outcome.error;
  }

  #sendSync(request: Uint8Array, title: string): void {
    const puts = this.#open(title);
    if (puts.tryNow(request)) return;
    const operation = puts.operation(request.slice(), FOREVER);
    block(puts.finish(FOREVER), title);
    block(operation, title);
  }

  *#answered(pending: Pending): Waiting<void> {
    const isDone = (): boolean => pending.outcome !== undefined;
    while (!isDone()) {
      const park = this.#drain(isDone, FOREVER);
      if (park !== undefined) yield park;
    }
  }
}
