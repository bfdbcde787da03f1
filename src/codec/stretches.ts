// Views that show little of a large buffer: an array in the memory of a WebAssembly module, a part of a file. Where the
// message has nothing else of the buffer, the stretch that its views cover travels, as a buffer of its own.
//
// How far the views reach is known at the end: where a later one reaches further, the message is written again.

/** So many bytes must be saved. */
const WORTH = 1 << 16;
/** A stretch begins at a multiple of the longest element. */
const LONGEST = 8;
const NOTHING = new ArrayBuffer(0);

export class Stretch {
  /** More was seen of the buffer than had been written. */
  grew = false;
  #from: number;
  #to: number;
  #part: ArrayBuffer | undefined;

  constructor(from: number, to: number) {
    this.#from = from - (from % LONGEST);
    this.#to = to;
  }

  get from(): number {
    return this.#from;
  }

  holds(from: number, to: number): boolean {
    return from >= this.#from && to <= this.#to;
  }

  /** The stretch reaches this far, too. */
  take(from: number, to: number): void {
    if (this.holds(from, to)) return;
    this.#from = Math.min(this.#from, from - (from % LONGEST));
    this.#to = Math.max(this.#to, to);
    this.#part = undefined;
    this.grew = true;
  }

  /** Its bytes, always the same buffer; `undefined` where all of the buffer had better be written. */
  of(buffer: ArrayBuffer): ArrayBuffer | undefined {
    if (buffer.byteLength - this.#to + this.#from < WORTH) return undefined;
    // It will be written again.
    if (this.grew) return NOTHING;
    return (this.#part ??= buffer.slice(this.#from, this.#to));
  }
}

/** Whether a view may leave so much of its buffer behind. Of one that can be resized, nobody knows how far it will reach. */
export const showsLittle = ({ byteLength }: ArrayBufferView, buffer: ArrayBuffer): boolean =>
  buffer.byteLength - byteLength >= WORTH &&
  !buffer.resizable &&
  Object.getPrototypeOf(buffer) === ArrayBuffer.prototype;
