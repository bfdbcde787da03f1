// How smooth the page is while a picture is painted: the time from each frame to the next.

export interface Smoothness {
  /** Frames a second. */
  readonly rate: number;
  /** Milliseconds from a frame to the next, at worst. */
  readonly longest: number;
}

/** Milliseconds that the last frame may take to come: a page that is not seen gets none. */
const LAST_FRAME = 1000;

export class Frames {
  readonly #onFrame: (gap: number) => void;
  #request = 0;
  /** Which picture this is about. */
  #picture = 0;
  #last = 0;
  #elapsed = 0;
  #count = 0;
  #longest = 0;

  constructor(onFrame: (gap: number) => void) {
    this.#onFrame = onFrame;
    document.addEventListener('visibilitychange', () => {
      this.#last = 0;
    });
  }

  /** `undefined` before two frames were seen. */
  get smoothness(): Smoothness | undefined {
    if (this.#count === 0) return undefined;
    return { rate: (1000 * this.#count) / this.#elapsed, longest: this.#longest };
  }

  begin(): void {
    cancelAnimationFrame(this.#request);
    this.#picture++;
    this.#last = this.#elapsed = this.#count = this.#longest = 0;
    this.#request = requestAnimationFrame(this.#frame);
  }

  /** The frame that is due still counts: it may be the one that was late. */
  async end(): Promise<void> {
    const picture = this.#picture;
    await new Promise<unknown>((done) => {
      requestAnimationFrame(done);
      setTimeout(done, LAST_FRAME);
    });
    if (picture === this.#picture) cancelAnimationFrame(this.#request);
  }

  readonly #frame = (at: number): void => {
    if (this.#last > 0) {
      const gap = at - this.#last;
      this.#count++;
      this.#elapsed += gap;
      this.#longest = Math.max(this.#longest, gap);
      this.#onFrame(gap);
    }
    this.#last = at;
    this.#request = requestAnimationFrame(this.#frame);
  };
}
