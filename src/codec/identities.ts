// The objects that a message holds, and their numbers.

/** As many entries as a Map takes in any engine (V8: 2^24). A message may hold more objects. */
const MOST = 1 << 24;

export class Identities {
  #last = new Map<object, number>();
  /** Those that are full. */
  readonly #full: Map<object, number>[] = [];
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  get(object: object): number | undefined {
    let number = this.#last.get(object);
    for (let i = 0; number === undefined && i < this.#full.length; i++) number = this.#full[i]?.get(object);
    return number;
  }

  set(object: object, number: number): void {
    if (this.#last.size >= this.#most) {
      this.#full.push(this.#last);
      this.#last = new Map();
    }
    this.#last.set(object, number);
  }
}
