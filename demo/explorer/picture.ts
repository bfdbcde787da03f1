// The canvas: as many pixels as the screen has there, tiles where they belong, and until they come the old picture, moved.

import type { Painted } from './tile.ts';
import { type Size, stepOf, type View } from './view.ts';

/** Sharper than this nobody sees, but everybody waits for. */
const MAX_RATIO = 2;
const GROUND = '#07090f';

export class Picture {
  readonly canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('The browser has no canvas.');
    this.canvas = canvas;
    this.#context = context;
    this.#fill();
  }

  get size(): Size {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  /** Takes the size that the canvas has on the page; false where it has it. */
  fit(): boolean {
    const ratio = Math.min(MAX_RATIO, devicePixelRatio);
    const width = Math.max(1, Math.round(this.canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * ratio));
    if (width === this.canvas.width && height === this.canvas.height) return false;
    const old = this.#copy();
    this.canvas.width = width;
    this.canvas.height = height;
    this.#fill();
    this.#context.drawImage(old, 0, 0, width, height);
    return true;
  }

  put({ x, y, width, height, pixels }: Painted): void {
    this.#context.putImageData(new ImageData(pixels, width, height), x, y);
  }

  /** Fills the picture with a smaller one. */
  stretch({ width, height, pixels }: Painted): void {
    const small = new OffscreenCanvas(width, height);
    small.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
    this.#context.drawImage(small, 0, 0, this.canvas.width, this.canvas.height);
  }

  /** What is there is old. */
  dim(): void {
    this.#context.globalAlpha = 0.75;
    this.#fill();
    this.#context.globalAlpha = 1;
  }

  /** Shows what there is of the new view in the old one. */
  move(from: View, to: View): void {
    const { width, height } = this.size;
    const step = stepOf(to, this.size);
    const scale = stepOf(from, this.size) / step;
    const x = (width * (1 - scale)) / 2 + (from.re - to.re) / step;
    const y = (height * (1 - scale)) / 2 - (from.im - to.im) / step;
    const old = this.#copy();
    this.#fill();
    this.#context.drawImage(old, x, y, width * scale, height * scale);
  }

  /** The place of a pointer, in pixels of the picture. */
  placeOf({ offsetX, offsetY }: MouseEvent): [x: number, y: number] {
    const { clientWidth, clientHeight } = this.canvas;
    return [(offsetX * this.canvas.width) / clientWidth, (offsetY * this.canvas.height) / clientHeight];
  }

  #copy(): OffscreenCanvas {
    const copy = new OffscreenCanvas(this.canvas.width, this.canvas.height);
    copy.getContext('2d')?.drawImage(this.canvas, 0, 0);
    return copy;
  }

  #fill(): void {
    this.#context.fillStyle = GROUND;
    this.#context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
