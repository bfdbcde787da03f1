// The last half minute: how many items were in the queue, and how many a second were put and taken.

import uPlot from 'uplot';
import { element } from '../dom.ts';

const HEIGHT = 150;
/** Seconds that are seen. */
const SPAN = 30;
const TEXT = '#9ea8b8';
const LINES = '#232b37';
const FONT = '12px system-ui, sans-serif';

export interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly dash?: number[];
  /** Filled below, and with steps: a number that jumps. */
  readonly isFilled?: boolean;
}

/** Whole numbers only. */
const STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((power) => [power, 2 * power, 5 * power]);

const rangeUntil = (last: number): [number, number] => [Math.max(SPAN, last) - SPAN, Math.max(SPAN, last)];

const short = new Intl.NumberFormat('en', { notation: 'compact' });

const grid = { stroke: LINES, width: 1 };

export class Plot {
  readonly element: HTMLElement;
  readonly #plot: uPlot;
  readonly #data: [number[], ...number[][]];
  #top = 0;

  constructor(title: string, curves: readonly Curve[]) {
    const place = element('div', {
      class: 'plot',
      role: 'img',
      'aria-label': `${title}, over the last ${SPAN} seconds`,
    });
    const legend = curves.map(({ label, colour, dash }) => {
      const entry = element('span', dash ? { class: 'key dashed' } : { class: 'key' }, label);
      entry.style.setProperty('--colour', colour);
      return entry;
    });
    const caption = element('figcaption', {}, element('span', {}, title), ...(curves.length > 1 ? legend : []));
    this.element = element('figure', { class: 'plotted' }, caption, place);
    this.#data = [[], ...curves.map(() => [])];
    this.#plot = new uPlot(
      {
        width: 300,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 20, 0, 0],
        scales: {
          x: { time: false, range: (_, __, last) => rangeUntil(last ?? 0) },
          y: { range: (_, __, most) => [0, this.#top > 0 ? this.#top : Math.max(5, 1.15 * (most ?? 0))] },
        },
        axes: [
          {
            stroke: TEXT,
            font: FONT,
            grid,
            ticks: { show: false },
            size: 26,
            values: (_, at) => at.map((s) => `${s} s`),
          },
          {
            stroke: TEXT,
            font: FONT,
            grid,
            ticks: { show: false },
            size: 40,
            space: 28,
            incrs: STEPS,
            values: (_, at) => at.map((value) => short.format(value)),
          },
        ],
        series: [
          {},
          ...curves.map(({ label, colour, dash, isFilled }) => ({
            label,
            stroke: colour,
            width: 2,
            points: { show: false },
            ...(dash && { dash }),
            ...(isFilled && { fill: `${colour}33` }),
            ...(isFilled && uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
          })),
        ],
      },
      this.#data,
      place,
    );
    new ResizeObserver(() => this.#plot.setSize({ width: Math.max(1, place.clientWidth), height: HEIGHT })).observe(
      place,
    );
  }

  /** Begins anew; `top` is the highest value there can be, where one knows. */
  clear(top = 0): void {
    this.#top = top;
    for (const numbers of this.#data) numbers.length = 0;
    this.draw();
  }

  add(at: number, ...values: number[]): void {
    for (const [index, value] of [at, ...values].entries()) this.#data[index]?.push(value);
    const [times] = this.#data;
    // One that is just out of sight is where the curve comes from.
    while (times[1] !== undefined && times[1] < at - SPAN) for (const numbers of this.#data) numbers.shift();
  }

  draw(): void {
    this.#plot.setData(this.#data);
  }
}
