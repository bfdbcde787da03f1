// What connections by message go through in place of Web Locks and BroadcastChannels: locks and channels of the realm, which are those
// of the process that asks for them, and end with it.

import { actAs, actor } from '../base/thread.ts';
import { hasEnded } from '../memory/processes.ts';
import { endOf, settle } from '../memory/wait.ts';
import { asNow } from '../process/origin.ts';
import { type Channel, type Locks, type Medium, setMedium } from '../remote/medium.ts';

/** Those who wait, by the name of a lock that is held. */
const lines = new Map<string, (() => void)[]>();

const request: Locks['request'] = async (name, { ifAvailable, signal }, use) => {
  const owner = actor;
  const line = lines.get(name);
  if (line === undefined) lines.set(name, []);
  else if (ifAvailable) return use(null);
  else await turnIn(line, signal);
  try {
    const using = use({ name, mode: 'exclusive' });
    return await (owner === undefined ? using : Promise.race([using, ended(owner)]));
  } finally {
    const next = lines.get(name)?.shift();
    if (next === undefined) lines.delete(name);
    else next();
  }
};

const turnIn = (line: (() => void)[], signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const enter = (): void => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    };
    const giveUp = (): void => {
      line.splice(line.indexOf(enter), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    line.push(enter);
  });

/** In nobody's name: who has ended hears of nothing. */
const ended = (pid: number): Promise<void> => actAs(undefined, () => settle(endOf(pid)));

const query: Locks['query'] = async () => ({ held: [...lines.keys()].map((name) => ({ name })), pending: [] });

const channels = new Map<string, Set<RealmChannel>>();

class RealmChannel implements Channel {
  onmessage: Channel['onmessage'] = null;
  onmessageerror: Channel['onmessageerror'] = null;
  readonly #owner = actor;
  readonly #asOwner = asNow();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    channels.set(name, (channels.get(name) ?? new Set()).add(this));
  }

  postMessage(message: object & { bytes?: Uint8Array }): void {
    if (this.#isOver) return;
    const { bytes } = message;
    for (const other of channels.get(this.#name) ?? []) {
      if (other === this) continue;
      const data = bytes === undefined ? message : { ...message, bytes: bytes.slice() };
      queueMicrotask(() => other.#hear(data));
    }
  }

  #hear(data: unknown): void {
    if (!this.#isOver) this.#asOwner(() => this.onmessage?.({ data } as MessageEvent));
  }

  get #isOver(): boolean {
    if (this.#owner !== undefined && hasEnded(this.#owner)) this.close();
    return channels.get(this.#name)?.has(this) !== true;
  }

  close(): void {
    const its = channels.get(this.#name);
    its?.delete(this);
    if (its?.size === 0) channels.delete(this.#name);
  }
}

const realm: Medium = { locks: { request, query }, channel: (name) => new RealmChannel(name) };

/** From now on connections go through the realm, also where there are others: a browser sees no process of it end. */
export const ensureMedium = (): void => setMedium(realm);
