// What of the plane the picture shows, and the tiles that it takes. Nothing here knows of the page.

import type { Tile } from './tile.ts';

export interface View {
  /** The number in the middle of the picture. */
  readonly re: number;
  readonly im: number;
  /** How much of the plane is seen. */
  readonly span: number;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const HOME: View = { re: -0.6, im: 0, span: 3.3 };

/** Farther in, neighbouring pixels would be the same number. */
const NEAREST = 2e-12;
const FARTHEST = 8;
const TILE = 128;

/** The whole set fits, whether the picture is wide or tall. */
export const stepOf = ({ span }: View, { width, height }: Size): number => span / Math.min(width, 1.4 * height);

export const zoomOf = ({ span }: View): number => HOME.span / span;

/** Finer structures take more rounds to tell apart. */
const depthOf = (view: View): number => Math.min(8000, Math.round(1000 + 300 * Math.max(0, Math.log2(zoomOf(view)))));

/** The number at that place of the picture stays where it is. */
export function zoomed(view: View, size: Size, factor: number, x = size.width / 2, y = size.height / 2): View {
  const span = Math.min(FARTHEST, Math.max(NEAREST, view.span / factor));
  const change = stepOf(view, size) - stepOf({ ...view, span }, size);
  return { re: view.re + (x - size.width / 2) * change, im: view.im - (y - size.height / 2) * change, span };
}

/** The picture moves by so many pixels. */
export function moved(view: View, size: Size, x: number, y: number): View {
  const step = stepOf(view, size);
  const within = (value: number): number => Math.min(4, Math.max(-4, value));
  return { ...view, re: within(view.re - x * step), im: within(view.im + y * step) };
}

/** The whole picture as one coarse tile, good enough to begin with. */
export function previewOf(view: View, size: Size): Tile {
  const scale = 4;
  const [width, height] = [Math.ceil(size.width / scale), Math.ceil(size.height / scale)];
  const step = stepOf(view, size);
  const re = view.re - (size.width / 2) * step;
  const im = view.im + (size.height / 2) * step;
  return { x: 0, y: 0, width, height, re, im, step: step * scale, depth: 80 };
}

/** All tiles of the picture; those in the middle, where one looks, come first. */
export function tilesOf(view: View, size: Size): Tile[] {
  const step = stepOf(view, size);
  const depth = depthOf(view);
  const tiles: Tile[] = [];
  for (let y = 0; y < size.height; y += TILE) {
    for (let x = 0; x < size.width; x += TILE) {
      const re = view.re + (x - size.width / 2) * step;
      const im = view.im - (y - size.height / 2) * step;
      const [width, height] = [Math.min(TILE, size.width - x), Math.min(TILE, size.height - y)];
      tiles.push({ x, y, width, height, re, im, step, depth });
    }
  }
  const distance = ({ x, y, width, height }: Tile): number =>
    Math.hypot(x + width / 2 - size.width / 2, y + height / 2 - size.height / 2);
  return tiles.sort((one, other) => distance(one) - distance(other));
}
