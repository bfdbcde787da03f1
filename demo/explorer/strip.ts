// The last frames as bars: the longer a frame took, the higher its bar. Those who asked for less motion see it at the end.

import { element } from '../dom.ts';

const BAR = 4;
const HEIGHT = 40;
/** Milliseconds: a bar of the full height, and what anybody notices. */
const FULL = 160;
const LATE = 50;

export class Strip {
  readonly element = element('canvas', { class: 'strip', height: String(HEIGHT), 'aria-hidden': 'true' });
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #gaps: number[] = [];

  begin(): void {
    this.#gaps = [];
    this.#draw();
  }

  add(gap: number): void {
    this.#gaps.push(gap);
    if (!this.#still.matches) this.#draw();
  }

  end(): void {
    this.#draw();
  }

  #draw(): void {
    const canvas = this.element;
    const context = canvas.getContext('2d');
    if (context === null) return;
    if (canvas.width !== canvas.clientWidth) canvas.width = canvas.clientWidth;
    context.clearRect(0, 0, canvas.width, HEIGHT);
    const room = Math.floor(canvas.width / BAR);
    for (const [index, gap] of this.#gaps.slice(-room).entries()) {
      const height = Math.max(2, Math.min(1, gap / FULL) * HEIGHT);
      context.fillStyle = gap > LATE ? '#ff9e8a' : '#62d6a0';
      context.fillRect(index * BAR, HEIGHT - height, BAR - 1, height);
    }
  }
}
