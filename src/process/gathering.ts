// What this thread says to another, several in a message. The first of a turn goes at once, for the thread may compute for a minute
// after it; further ones of the same turn gather until its end, or until they are some. All that a thread says goes in the order in
// which it was said: whatever else it sends, what gathers goes before that.

const MOST_AT_ONCE = 16;

/** The one in which something gathers. */
let gathering: { flush(): void } | undefined;

/** Sends what gathers: something else is to be sent. */
export function flushGathered(): void {
  gathering?.flush();
}

/** Sends what this thread keeps for longer than a turn: it is about to say that it ends. */
export let sendKept = (): void => {};

export function setSendKept(send: () => void): void {
  sendKept = send;
}

export class Gathering<T> {
  readonly #send: (items: readonly T[]) => void;
  #items: T[] = [];
  #isFirst = true;

  constructor(send: (items: readonly T[]) => void) {
    this.#send = send;
  }

  add(item: T): void {
    if (gathering !== this) flushGathered();
    gathering = this;
    this.#items.push(item);
    if (this.#isFirst) queueMicrotask(() => this.#endTurn());
    if (this.#isFirst || this.#items.length >= MOST_AT_ONCE) this.flush();
    this.#isFirst = false;
  }

  #endTurn(): void {
    this.#isFirst = true;
    this.flush();
  }

  flush(): void {
    if (gathering === this) gathering = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#send(items);
  }
}
