// A manager's server that is a process of this realm.

import { actAs, pid } from '../base/thread.ts';
import { frame } from '../data/record.ts';
import { InvalidStateError } from '../errors.ts';
import { setDoor } from '../managers/links.ts';
import type { Serve } from '../managers/registration.ts';
import { ending } from '../managers/server/posted_requests.ts';
import { serveRequests } from '../managers/server/request_loop.ts';
import { hear, type Requests } from '../managers/server/requests.ts';
import type { Server } from '../managers/server/server.ts';
import { ProcessSession } from '../managers/server/session.ts';
import { allocate } from '../memory/buffer.ts';
import { hasEnded } from '../memory/processes.ts';
import { endOf, settle, wake } from '../memory/wait.ts';
import { asNow } from '../process/origin.ts';
import { here } from './journey.ts';
import { ensureMedium } from './medium.ts';
import { type Near, NearLink, serving } from './near.ts';
import { DummyPool } from './pool.ts';

/** Where requests come in. */
class NearRequests implements Requests, Near {
  readonly makers = {
    Pool: (processes?: number, options?: object) => new DummyPool(processes, options),
  };
  readonly #itself: number;
  readonly #asServer = asNow();
  /** Of those who have asked for something. */
  readonly #links = new Map<number, NearLink>();
  readonly #nudges = new Int32Array(allocate(4));
  /** Those that came before it served. */
  readonly #early: Uint8Array[] = [];
  #server: Server | undefined;

  constructor(itself: number) {
    this.#itself = itself;
  }

  take(request: Uint8Array, client: number, link: NearLink): void {
    this.#links.set(client, link);
    this.#hear(request);
  }

  #hear(request: Uint8Array): void {
    const server = this.#server;
    if (server === undefined) this.#early.push(request);
    else this.step(() => hear(server, request));
  }

  step<T>(act: () => T): T {
    return this.#asServer(() => here(act));
  }

  readonly newSession = (client: number): NearSession =>
    new NearSession(this.#itself, client, this, (record) => this.#links.get(client)?.receive(record));

  async listen(server: Server, isOver: () => boolean): Promise<void> {
    this.#server = server;
    for (const record of this.#early.splice(0)) this.#hear(record);
    const operation = ending(server, this.#nudges, () => isOver() || hasEnded(this.#itself));
    // In nobody's name: it goes on where the server was terminated.
    await actAs(undefined, () => settle(operation));
  }

  readonly nudge = (): void => {
    Atomics.add(this.#nudges, 0, 1);
    wake(this.#nudges, 0);
  };

  /** @param isLast whether its process ends then: that is what those who wait are to know. */
  async close(isLast: boolean): Promise<void> {
    if (isLast) await actAs(undefined, () => settle(endOf(this.#itself)));
    for (const link of this.#links.values()) link.fail();
  }
}

class NearSession extends ProcessSession {
  readonly #requests: NearRequests;
  readonly #answer: (record: Uint8Array) => void;

  constructor(server: number, client: number, requests: NearRequests, answer: (record: Uint8Array) => void) {
    super(server, client);
    this.#requests = requests;
    this.#answer = answer;
  }

  override step<T>(act: () => T): T {
    return this.#requests.step(act);
  }

  override reply(id: number, kind: number, value: Uint8Array): void {
    this.#answer(frame(id, kind, value).slice());
  }
}

export const serveNear: Serve = async (setup, onReady, closing) => {
  const itself = pid;
  if (serving.has(itself)) throw new InvalidStateError('this process serves a manager already');
  if (setup.address !== undefined) ensureMedium();
  const requests = new NearRequests(itself);
  serving.set(itself, requests);
  const shutDoor = setDoor(itself, (client) => new NearLink(itself, client));
  try {
    await serveRequests(itself, setup, requests, onReady, closing);
  } finally {
    serving.delete(itself);
    shutDoor();
    void requests.close(closing === undefined);
  }
};
