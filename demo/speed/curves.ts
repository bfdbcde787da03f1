// How costs grow, as uPlot draws it, and the same figures as a table.

import uPlot from 'uplot';
import { element } from '../dom.ts';
import { type Chart, type Curve, short, withVersion } from './results.ts';

const HEIGHT = 240;
const FONT = '12px system-ui, sans-serif';
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

/** Three colours in a row have the same dash. */
const dashOf = (at: number): number => Math.floor(at / 3) % DASHES.length;

/** Has a colour of the stylesheet by its number, which the curves ask for when they are drawn. */
export class Legend {
  readonly element = element('ul', { class: 'curve-names', 'aria-label': 'Curves' });
  readonly #swatches = new Map<string, HTMLElement>();

  constructor(charts: readonly Chart[]) {
    for (const name of new Set(charts.flatMap(({ series }) => series.map((curve) => curve.name)))) {
      const at = this.#swatches.size;
      const swatch = element('span', { class: 'curve', 'data-curve': String(at), 'data-dash': String(dashOf(at)) });
      this.#swatches.set(name, swatch);
      this.element.append(element('li', {}, swatch, withVersion(name)));
    }
  }

  colourOf(name: string): string {
    const swatch = this.#swatches.get(name);
    return swatch === undefined ? '' : getComputedStyle(swatch).color;
  }

  dashOf(name: string): number[] {
    const at = [...this.#swatches.keys()].indexOf(name);
    return DASHES[dashOf(at)] ?? [];
  }
}

export class Plot {
  readonly element: HTMLElement;
  readonly #chart: Chart;
  readonly #legend: Legend;
  readonly #place: HTMLElement;
  #plot: uPlot | undefined;

  constructor(chart: Chart, legend: Legend) {
    this.#chart = chart;
    this.#legend = legend;
    const label = `${chart.name}: ${chart.unit} by ${chart.x.name}, both on scales of logarithms. The table has the figures.`;
    this.#place = element('div', { class: 'curve-plot', role: 'img', 'aria-label': label });
    this.element = element(
      'figure',
      { class: 'growth' },
      element('figcaption', {}, chart.name, ' ', element('span', { class: 'unit' }, captionOf(chart))),
      this.#place,
      element('details', {}, element('summary', {}, 'Figures'), element('div', { class: 'scroll' }, tableOf(chart))),
    );
  }

  /** Draws it, and again whenever its place has another width. */
  begin(): void {
    new ResizeObserver(() => {
      const width = this.#place.clientWidth;
      if (width === 0) return;
      if (this.#plot === undefined) this.#plot = this.#draw(width);
      else this.#plot.setSize({ width, height: HEIGHT });
    }).observe(this.#place);
  }

  /** In the colours of another theme. */
  recolour(): void {
    this.#plot?.redraw();
  }

  #draw(width: number): uPlot {
    const { x, series } = this.#chart;
    const xs = valuesOf(series);
    const text = (): string => getComputedStyle(this.#place).color;
    const line = (): string => getComputedStyle(this.#place).borderTopColor;
    const axis = {
      stroke: text,
      font: FONT,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1, size: 4 },
      // Those that were filtered out are null.
      values: (_: uPlot, splits: (number | null)[]) => splits.map((split) => (split === null ? '' : short(split))),
    };
    return new uPlot(
      {
        width,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, distr: 3, log: x.name === 'items' || x.name === 'bytes' ? 10 : 2 },
          y: { distr: 3 },
        },
        axes: [
          { ...axis, splits: () => xs, size: 32 },
          {
            ...axis,
            size: 52,
            filter: tens,
            grid: { ...axis.grid, filter: tens },
            ticks: { ...axis.ticks, filter: tens },
          },
        ],
        series: [
          {},
          ...series.map(({ name }) => ({
            label: name,
            stroke: () => this.#legend.colourOf(name),
            dash: this.#legend.dashOf(name),
            width: name === 'ours' ? 3 : 1.5,
            points: { size: name === 'ours' ? 7 : 5 },
          })),
        ],
      },
      [xs, ...series.map(({ points }) => xs.map((at) => new Map(points).get(at) ?? null))],
      this.#place,
    );
  }
}

const captionOf = ({ unit, x, lowerIsBetter }: Chart): string =>
  `${unit} by ${x.name}, ${lowerIsBetter ? 'lower' : 'higher'} is better`;

/** Lines and labels at the powers of ten alone. */
const tens = (_: uPlot, splits: number[]): (number | null)[] =>
  splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9 ? split : null));

const valuesOf = (series: readonly Curve[]): number[] =>
  [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);

function tableOf({ name, unit, x, series }: Chart): HTMLElement {
  const xs = valuesOf(series);
  const heads = xs.map((at) => element('th', { scope: 'col' }, `${short(at)} ${x.unit}`.trim()));
  const rows = series.map((curve) => {
    const at = new Map(curve.points);
    const cells = xs.map((value) => element('td', {}, at.has(value) ? short(at.get(value) as number) : '–'));
    return element('tr', {}, element('th', { scope: 'row' }, withVersion(curve.name)), ...cells);
  });
  return element(
    'table',
    { class: 'growth-figures', 'aria-label': `${name}, ${unit}` },
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, x.name), ...heads)),
    element('tbody', {}, ...rows),
  );
}
