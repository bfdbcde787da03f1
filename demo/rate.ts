// How fast a number that only grows does so, over the last moments.

export class Rate {
  readonly #span: number;
  #seen: { readonly at: number; readonly value: number }[] = [];
  #last = 0;

  /** @param span the moments, in milliseconds */
  constructor(span: number) {
    this.#span = span;
  }

  /** How much it grew a second; 0 before it was seen twice. */
  get last(): number {
    return this.#last;
  }

  /** @returns how much it grew a second, with this. */
  add(value: number, at: number): number {
    this.#seen.push({ at, value });
    // The newest of those that are old enough is the one to compare with.
    while (this.#seen[1] !== undefined && at - this.#seen[1].at >= this.#span) this.#seen.shift();
    const first = this.#seen[0] ?? { at, value };
    this.#last = at > first.at ? Math.max(0, (1000 * (value - first.value)) / (at - first.at)) : 0;
    return this.#last;
  }

  clear(): void {
    this.#seen = [];
    this.#last = 0;
  }
}
