// How processes of this realm reach a manager's server in it: they call it, in its name, and it answers in theirs. So whatever it answers
// at once can be asked for without waiting, too.

import { breatheNowAndThen } from '../base/breathe.ts';
import { own } from '../base/thread.ts';
import { gone } from '../managers/gone.ts';
import { RecordLink } from '../managers/record_link.ts';
import { BLOCKS } from '../managers/request_record.ts';
import { hasEnded } from '../memory/processes.ts';
import { refuseBlocking } from '../memory/wait.ts';
import { asNow } from '../process/origin.ts';
import { hasNoSay } from './acting.ts';
import { here } from './journey.ts';

/** Who serves. */
export interface Near {
  /** Takes a request, and answers to that link. */
  take(request: Uint8Array, client: number, link: NearLink): void;
}

/** By the process that serves. */
export const serving = new Map<number, Near>();

export class NearLink extends RecordLink<number> {
  readonly #client: number;
  readonly #asClient = asNow();

  /** Made by the client itself. */
  constructor(server: number, client: number) {
    super(server);
    this.#client = client;
  }

  /** The thread is that of all: they have a turn now and then. */
  override async call(...args: Parameters<RecordLink['call']>): Promise<unknown> {
    const answer = await super.call(...args);
    await breatheNowAndThen();
    return answer;
  }

  protected override request(...args: Parameters<RecordLink['request']>): Uint8Array {
    return this.#asClient(() => here(() => super.request(...args)));
  }

  protected override send(record: Uint8Array, title: string): undefined {
    const near = serving.get(this.server);
    if (near === undefined || hasEnded(this.server)) throw gone(this.server, title);
    // Nothing that an ended process does counts, and it may wait for ever.
    if (!hasEnded(this.#client)) near.take(record.slice(), this.#client, this);
  }

  receive(record: Uint8Array): void {
    this.#asClient(() => here(() => this.hear(record)));
  }

  /** @throws BlockingNotAllowedError where the answer is not there at once: then it is given up. */
  override callSync(object: number, method: string, args: readonly unknown[], title: string): unknown {
    if (hasEnded(this.#client)) throw this.#asClient(() => hasNoSay(own.name, this.#client));
    const { id, pending } = this.calls.enter();
    try {
      this.send(this.request(id, object, method, args, BLOCKS), title);
    } catch (error) {
      this.calls.settle(id, { ok: false, error });
    }
    if (pending.outcome === undefined) {
      this.post('cancel', id);
      throw refuseBlocking(title);
    }
    if (pending.outcome.ok) return pending.outcome.value;
    throw pending.outcome.error;
  }

  override post(method: string, ...args: unknown[]): void {
    try {
      this.send(this.request(0, 0, method, args, 0), method);
    } catch {
      // Nobody serves any more, and so nobody holds anything.
    }
  }

  /** Nobody answers any more. */
  fail(): void {
    this.calls.fail(() => gone(this.server));
  }
}
