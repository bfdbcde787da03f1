// The picture: each cell in the colour of the process that painted it last, bright when it is new. A cell that was painted
// more often than was counted is hot, and cools down.

import { element } from '../dom.ts';
import { COLUMNS, MOST, ROWS } from './crew.ts';
import type { Shared } from './paint.ts';

/** Pixels of a cell, and between cells. */
const CELL = 18;
const GAP = 3;
const COUNT = COLUMNS * ROWS;
/** Brightness, from new to old. */
const SHADES = 24;
/** Frames after which heat is half of what it was. */
const HALF_LIFE = 22;
const COOLING = 0.5 ** (1 / HALF_LIFE);
const GROUND = '#10141b';
const EMPTY = '#1a212c';
/** Red, green and blue of what is just hot enough to see, and of what is hottest. */
const WARM = [255, 84, 48] as const;
const HOT = [255, 240, 214] as const;

/** Far apart for the first few, and none like heat. */
const HUES = [255, 165, 310, 215, 130, 280, 190, 335];

export const hueOf = (me: number): number => HUES[me % HUES.length] ?? 0;

export class Field {
  readonly canvas = element('canvas', {
    class: 'field',
    width: String(COLUMNS * CELL),
    height: String(ROWS * CELL),
    role: 'img',
    'aria-label': `The shared array as a picture of ${COLUMNS} by ${ROWS} cells`,
  });
  readonly #context = contextOf(this.canvas);
  readonly #small = new OffscreenCanvas(COLUMNS, ROWS);
  readonly #grid = gridOf();
  readonly #colours = colours();
  readonly #image = new ImageData(COLUMNS, ROWS);
  readonly #worst = new Int32Array(COUNT);
  readonly #heat = new Float32Array(COUNT);

  constructor() {
    this.clear();
  }

  clear(): void {
    this.#worst.fill(0);
    this.#heat.fill(0);
    for (let cell = 0; cell < COUNT; cell++) this.#put(cell, this.#colours.empty, 0);
    this.#show();
  }

  draw({ strokes, counter, cells }: Shared): void {
    // In this order: a stroke that is seen was counted before, so what looks lost is lost.
    const made = strokes.slice();
    const counted = counter.value;
    const last = cells.slice();
    for (let cell = 0; cell < COUNT; cell++) {
      const lost = (made[cell] ?? 0) - timesOf(cell, counted);
      let heat = (this.#heat[cell] ?? 0) * COOLING;
      if (lost > (this.#worst[cell] ?? 0)) {
        heat = 1;
        this.#worst[cell] = lost;
      }
      this.#heat[cell] = heat;
      const age = (((counted - 1 - cell) % COUNT) + COUNT) % COUNT;
      const shade = Math.floor((age / COUNT) * SHADES);
      const colour = this.#colours.painters[(last[cell] ?? 0) - 1]?.[shade];
      this.#put(cell, colour ?? this.#colours.empty, heat);
    }
    this.#show();
  }

  #put(cell: number, colour: Colour, heat: number): void {
    const { data } = this.#image;
    for (let channel = 0; channel < 3; channel++) {
      const cold = colour[channel] ?? 0;
      const warm = WARM[channel] ?? 0;
      const glow = warm + ((HOT[channel] ?? 0) - warm) * heat;
      // Half as hot is still hot to see.
      data[4 * cell + channel] = cold + (glow - cold) * Math.min(1, 2 * heat);
    }
    data[4 * cell + 3] = 255;
  }

  #show(): void {
    this.#small.getContext('2d')?.putImageData(this.#image, 0, 0);
    const { width, height } = this.canvas;
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(this.#small, 0, 0, width, height);
    this.#context.drawImage(this.#grid, 0, 0);
  }
}

/** How often a cell was painted if every stroke was counted. */
const timesOf = (cell: number, counted: number): number =>
  counted > cell ? Math.floor((counted - 1 - cell) / COUNT) + 1 : 0;

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('The browser has no canvas.');
  return context;
}

/** All but the cells. */
function gridOf(): OffscreenCanvas {
  const grid = new OffscreenCanvas(COLUMNS * CELL, ROWS * CELL);
  const context = grid.getContext('2d');
  if (context === null) return grid;
  context.fillStyle = GROUND;
  context.fillRect(0, 0, grid.width, grid.height);
  context.globalCompositeOperation = 'destination-out';
  context.beginPath();
  for (let y = 0; y < grid.height; y += CELL) {
    for (let x = 0; x < grid.width; x += CELL) context.roundRect(x + GAP / 2, y + GAP / 2, CELL - GAP, CELL - GAP, 4);
  }
  context.fill();
  return grid;
}

type Colour = ArrayLike<number>;

/** The browser knows how much red, green and blue is in a hue. */
function colours(): { readonly empty: Colour; readonly painters: readonly (readonly Colour[])[] } {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('The browser has no canvas.');
  const read = (colour: string): Colour => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data;
  };
  const shadesOf = (me: number): Colour[] =>
    Array.from({ length: SHADES }, (_, shade) => {
      const age = shade / (SHADES - 1);
      return read(`oklch(${0.84 - 0.44 * age ** 0.6} ${0.15 - 0.05 * age} ${hueOf(me)})`);
    });
  return { empty: read(EMPTY), painters: Array.from({ length: MOST }, (_, me) => shadesOf(me)) };
}
