// Random clients of what a manager's server holds, which wait, give up and die: by seeds.

import { expect, it } from 'vitest';
import { Empty, Full, ShutDown } from '../../src/errors.ts';
import { Condition } from '../../src/managers/server/held/condition.ts';
import { Lock, RLock } from '../../src/managers/server/held/lock.ts';
import { Queue } from '../../src/managers/server/held/queue.ts';
import { type Random, random } from '../campaign/random.ts';
import { scaled } from '../fixtures/soak.ts';
import { Peer, sleep } from './peer.ts';

const SEEDS = scaled(50, 500);
const PEERS = 8;
const STEPS = 30;

/** What a call rejects with that is given up. */
const GIVEN_UP = new Error('given up');
/** Thrown through the program of a client that has died. */
const DEAD = new Error('dead');

/** One run: clients that do things at random with the same few objects. */
class Run {
  readonly #random: Random;
  readonly lock: Lock | RLock;
  readonly condition: Condition;
  readonly queue: Queue<number>;
  readonly peers: Peer[];
  /** Who is inside the lock, as the clients see it. */
  #inside: Peer | undefined;
  /** What the lock guards: so many items are there to be consumed. */
  tokens = 0;
  isOver = false;
  #next = 0;
  readonly put = new Set<number>();
  readonly refused = new Set<number>();
  readonly got: number[] = [];
  progress = 0;
  deaths = 0;

  constructor(seed: number) {
    this.#random = random(seed);
    this.lock = seed % 2 ? new Lock() : new RLock();
    this.condition = new Condition(this.lock);
    this.queue = new Queue(this.#random.below(4));
    this.peers = Array.from({ length: PEERS }, (_, i) => new Peer(`${i}`, this.#random.below(2) === 0));
  }

  /** A call of a client: some are given up soon, some have a short time. Rejects with DEAD where the client dies. */
  async #call<T>(peer: Peer, method: (options: { timeout?: number }) => T | Promise<T>): Promise<T> {
    const { below } = this.#random;
    if (peer.isGone) throw DEAD;
    const controller = new AbortController();
    const answer = peer.call(() => method(below(5) === 0 ? { timeout: below(4) } : {}), controller);
    if (below(5) === 0) void this.#pause().then(() => controller.abort(GIVEN_UP));
    const [outcome] = await Promise.allSettled([answer]);
    this.progress++;
    if (peer.isGone) throw DEAD;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  async #pause(): Promise<void> {
    const { below } = this.#random;
    for (let i = below(6); i > 0; i--) await null;
    if (below(10) === 0) await sleep(0);
    this.progress++;
  }

  #enter(peer: Peer): void {
    expect(this.#inside === undefined || this.#inside.isGone).toBe(true);
    this.#inside = peer;
  }

  #leave(peer: Peer): void {
    expect(this.#inside).toBe(peer);
    this.#inside = undefined;
  }

  /** Acquires, runs `body` and releases. A client that dies does neither of what is left. */
  async #locked(peer: Peer, body: () => Promise<void>): Promise<void> {
    if (!(await this.#call(peer, (options) => this.lock.acquire(options)))) return;
    this.#enter(peer);
    await this.#pause();
    if (peer.isGone) throw DEAD;
    await body();
    await this.#pause();
    if (peer.isGone) throw DEAD;
    this.#leave(peer);
    peer.call(() => this.lock.release());
  }

  async #produce(peer: Peer): Promise<void> {
    await this.#locked(peer, async () => {
      this.tokens++;
      peer.call(() => this.condition.notify());
    });
  }

  async #consume(peer: Peer): Promise<void> {
    await this.#locked(peer, async () => {
      while (this.tokens === 0 && !this.isOver) {
        let ended: unknown = true;
        this.#leave(peer);
        try {
          ended = await this.#call(peer, (options) => this.condition.wait(options));
        } catch (error) {
          if (error !== GIVEN_UP) throw error;
          ended = false;
        }
        // Whatever the wait came to, the lock is held again.
        this.#enter(peer);
        if (ended === false) return;
      }
      if (this.tokens > 0) this.tokens--;
    });
  }

  async #putItem(peer: Peer): Promise<void> {
    const item = this.#next++;
    let dead = false;
    try {
      await this.#call(peer, async (options) => {
        try {
          await this.queue.put(item, options);
          this.put.add(item);
        } catch (error) {
          this.refused.add(item);
          throw error;
        }
      });
    } catch (error) {
      dead = error === DEAD;
      if (!dead && error !== GIVEN_UP && !(error instanceof Full || error instanceof ShutDown)) throw error;
    }
    if (dead) throw DEAD;
  }

  async #getItem(peer: Peer): Promise<void> {
    try {
      await this.#call(peer, async (options) => {
        this.got.push(await this.queue.get(options));
      });
    } catch (error) {
      if (error === GIVEN_UP || error instanceof Empty || error instanceof ShutDown) return;
      throw error;
    }
  }

  /** What a client does until it dies, or there is no more to do. */
  async program(peer: Peer): Promise<void> {
    const { pick, below } = this.#random;
    try {
      for (let i = 0; i < STEPS && !this.isOver; i++) {
        await this.#pause();
        if (below(60) === 0 && this.deaths < PEERS - 2) this.#kill();
        const step = pick(['produce', 'consume', 'put', 'get'] as const);
        try {
          if (step === 'produce') await this.#produce(peer);
          else if (step === 'consume') await this.#consume(peer);
          else if (step === 'put') await this.#putItem(peer);
          else await this.#getItem(peer);
        } catch (error) {
          if (error !== GIVEN_UP) throw error;
        }
      }
    } catch (error) {
      if (error !== DEAD) throw error;
    }
  }

  #kill(): void {
    const living = this.peers.filter(({ isGone }) => !isGone);
    this.#random.pick(living).die();
    this.deaths++;
  }

  /** Waits until nothing happens any more: for longer than any timeout or pause here. */
  async quiet(): Promise<void> {
    for (let looks = 0, seen = -1; looks < 4; looks++) {
      if (seen !== this.progress) looks = 0;
      seen = this.progress;
      await sleep(10);
    }
  }
}

it('RLCK-05 COND-15 Q-33 random runs: exclusion, no lost notification, no lost item, and all settles', {
  timeout: 120_000,
}, async () => {
  let deaths = 0;
  let waited = 0;
  const seed = async (number: number): Promise<void> => {
    const run = new Run(number);
    const programs = Promise.all(run.peers.map((peer) => run.program(peer)));
    programs.catch(() => {});
    await run.quiet();
    // Whoever waits now waits for something that is not there.
    const waiters = Number(/, (\d+)\)>$/.exec(String(run.condition))?.[1]);
    expect(run.lock.locked()).toBe(false);
    if (waiters > 0) expect(run.tokens).toBe(0);
    waited += waiters;
    run.isOver = true;
    const last = new Peer('last');
    expect(last.call(() => run.condition.acquire({ block: false }))).toBe(true);
    last.call(() => run.condition.notifyAll());
    last.call(() => run.condition.release());
    run.queue.shutdown();
    await programs;
    const left: number[] = [];
    while (!run.queue.empty()) left.push(last.call(() => run.queue.getNowait()));
    const out = [...run.got, ...left];
    expect(new Set(out).size).toBe(out.length);
    expect(new Set(out)).toEqual(run.put);
    for (const item of run.refused) expect(run.put.has(item)).toBe(false);
    // Nobody listens any more to the end of a client that lives.
    for (const peer of run.peers) if (!peer.isGone) expect(peer.listeners).toBe(0);
    deaths += run.deaths;
  };
  for (let i = 1; i <= SEEDS; i += 10) {
    const numbers = Array.from({ length: 10 }, (_, j) => i + j);
    await Promise.all(
      numbers.map((number) =>
        seed(number).catch((error: unknown) => {
          throw new Error(`seed ${number}: ${error}`, { cause: error });
        }),
      ),
    );
  }
  expect(deaths).toBeGreaterThan(SEEDS);
  expect(waited).toBeGreaterThan(0);
});
