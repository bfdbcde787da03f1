/** Items in the order in which they came. Taking the first of many takes no longer than of few. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  /** Where the first is; before it there is nothing any more. */
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The first, which must exist. */
  shift(): T {
    const item = this.#items[this.#first] as T;
    this.#items[this.#first++] = undefined;
    if (this.#first * 2 > this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }

  toArray(): T[] {
    return this.#items.slice(this.#first) as T[];
  }
}
