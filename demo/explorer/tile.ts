'use multiprocessing';
// A tile of the Mandelbrot set: the work. It is called by the workers of a pool and, for comparison, by the page itself.

import * as mp from 'web-multiprocessing';
import { colours, INSIDE, indexOf } from './palette.ts';

export interface Tile {
  /** Its place in the picture, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The number at its first pixel, and the distance from a pixel to the next. */
  readonly re: number;
  readonly im: number;
  readonly step: number;
  /** After how many rounds a number counts as one of the set. */
  readonly depth: number;
}

export interface Painted extends Pick<Tile, 'x' | 'y' | 'width' | 'height'> {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Who painted it. */
  readonly pid: number;
}

/** What leaves this circle goes to infinity; a large one makes the colours smooth. */
const ESCAPED = 256;

export function paintTile({ x, y, width, height, re, im, step, depth }: Tile): Painted {
  const pixels = new Uint8ClampedArray(4 * width * height);
  let at = 0;
  for (let row = 0; row < height; row++) {
    // Nobody wants the rest: what is returned now is thrown away.
    if (mp.cancelled()) break;
    for (let column = 0; column < width; column++) {
      const colour = 3 * colourAt(re + column * step, im - row * step, depth);
      pixels[at++] = colours[colour] as number;
      pixels[at++] = colours[colour + 1] as number;
      pixels[at++] = colours[colour + 2] as number;
      pixels[at++] = 255;
    }
  }
  const painted = { x, y, width, height, pixels, pid: mp.currentProcess().pid ?? 0 };
  // The pixels move to the page instead of being copied.
  return mp.transfer(painted, [pixels.buffer]);
}

/** z becomes z² + c, again and again: how soon does it escape? */
function colourAt(re: number, im: number, depth: number): number {
  let [a, b] = [0, 0];
  let [aa, bb] = [0, 0];
  for (let round = 0; round < depth; round++) {
    b = 2 * a * b + im;
    a = aa - bb + re;
    aa = a * a;
    bb = b * b;
    if (aa + bb > ESCAPED) return indexOf(round + 1 - Math.log2(Math.log2(aa + bb) / 2));
  }
  return INSIDE;
}
