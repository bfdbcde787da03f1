// Rows of a table by their keys: those that stay keep their elements, and with them focus and selection.

interface Row {
  readonly element: HTMLElement;
}

export class Rows<K, R extends Row> {
  readonly #body: HTMLElement;
  readonly #make: (key: K) => R;
  readonly #rows = new Map<K, R>();

  constructor(body: HTMLElement, make: (key: K) => R) {
    this.#body = body;
    this.#make = make;
  }

  /** Shows the rows of these keys in this order, and has each filled. */
  show(keys: readonly K[], fill: (row: R, key: K, index: number) => void): void {
    const wanted = new Set(keys);
    for (const [key, row] of this.#rows) {
      if (wanted.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    keys.forEach((key, index) => {
      const row = this.#rows.get(key) ?? this.#make(key);
      this.#rows.set(key, row);
      if (this.#body.children[index] !== row.element)
        this.#body.insertBefore(row.element, this.#body.children[index] ?? null);
      fill(row, key, index);
    });
  }
}
