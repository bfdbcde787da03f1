// A client of a manager, without the manager: it can die, and counts who listens to it.

import { type Client, during } from '../../src/managers/server/caller.ts';

export class Peer implements Client {
  readonly title: string;
  isGone = false;
  get isLeaving(): boolean {
    return this.isGone;
  }
  readonly #callbacks = new Set<() => void>();
  readonly #controllers = new Set<AbortController>();
  /** Which of the two ways to learn of a death comes first. */
  readonly #signalsFirst: boolean;

  constructor(title: string, signalsFirst = false) {
    this.title = title;
    this.#signalsFirst = signalsFirst;
  }

  onGone(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** How many wait for its end. */
  get listeners(): number {
    return this.#callbacks.size;
  }

  /** Calls as a server does; `controller` gives the call up. */
  call<T>(body: () => T, controller = new AbortController()): T {
    this.#controllers.add(controller);
    return during({ client: this, isBlocking: false, signal: controller.signal }, body);
  }

  die(): void {
    this.isGone = true;
    const signals = (): void => {
      for (const controller of this.#controllers) controller.abort(new Error(`${this.title} died`));
    };
    const callbacks = (): void => {
      for (const callback of [...this.#callbacks]) if (this.#callbacks.has(callback)) callback();
    };
    for (const tell of this.#signalsFirst ? [signals, callbacks] : [callbacks, signals]) tell();
  }
}

/** What became of a call up to now. */
export type Outcome = 'waits' | { value: unknown } | { error: unknown };

/** Follows calls, in the order in which they settle. */
export class Log {
  readonly order: string[] = [];
  readonly #outcomes = new Map<string, Outcome>();

  add(name: string, promise: unknown): void {
    this.#outcomes.set(name, 'waits');
    const settle = (outcome: Outcome): void => {
      this.#outcomes.set(name, outcome);
      this.order.push(name);
    };
    Promise.resolve(promise).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error }),
    );
  }

  of(name: string): Outcome | undefined {
    return this.#outcomes.get(name);
  }

  errorOf(name: string): unknown {
    return (this.of(name) as { error: unknown }).error;
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets everything happen that needs no time. */
export const tick = (): Promise<void> => sleep(0);
