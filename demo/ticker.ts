// Calls back before each frame, while its element is seen: what nobody sees is not drawn. Twice a second for those who asked
// for less motion.

/** Milliseconds. */
const STILL = 500;

export class Ticker {
  readonly #draw: () => void;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #isOn = false;
  #isSeen = false;
  #request = 0;
  #last = 0;

  constructor(element: Element, draw: () => void) {
    this.#draw = draw;
    // A page that is not seen gets no frames by itself.
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false;
      this.#ask();
    }).observe(element);
  }

  start(): void {
    this.#isOn = true;
    this.#last = 0;
    this.#ask();
  }

  /** Draws once more: how it ended. */
  stop(): void {
    this.#isOn = false;
    cancelAnimationFrame(this.#request);
    this.#request = 0;
    this.#draw();
  }

  #ask(): void {
    if (this.#isOn && this.#isSeen) this.#request ||= requestAnimationFrame(this.#frame);
  }

  readonly #frame = (at: number): void => {
    this.#request = 0;
    if (!this.#still.matches || at - this.#last >= STILL) {
      this.#last = at;
      this.#draw();
    }
    this.#ask();
  };
}
