// A small table with a bar for each side of a measurement: who did how much, and how many times as good the first is.

import { element } from '../dom.ts';
import { short } from './results.ts';

export interface Side {
  readonly name: string;
  readonly figure: number | null;
}

const NONE = '–';
/** By how much of its length a bar is shorter where the figure is a tenth. */
const A_TENTH = 0.3;

const speedOf = (figure: number | null, lowerIsBetter: boolean): number =>
  figure === null ? 0 : lowerIsBetter ? 1 / figure : figure;

export class Bars {
  readonly element: HTMLElement;
  readonly #lowerIsBetter: boolean;
  readonly #rows: readonly BarRow[];

  constructor(name: string, unit: string, lowerIsBetter: boolean, sides: readonly string[]) {
    this.#lowerIsBetter = lowerIsBetter;
    this.#rows = sides.map((side, index) => new BarRow(side, index === 0));
    this.element = element(
      'table',
      { class: 'bars' },
      element('caption', {}, name, ' ', element('span', { class: 'unit' }, unit)),
      element('tbody', {}, ...this.#rows.map((row) => row.element)),
    );
  }

  /** One figure for each side, in their order; `null` where there is none. */
  show(figures: readonly (number | null)[]): void {
    const speeds = figures.map((figure) => speedOf(figure, this.#lowerIsBetter));
    const best = Math.max(...speeds);
    for (const [index, row] of this.#rows.entries()) {
      const speed = speeds[index] ?? 0;
      const ratio = (speeds[0] ?? 0) / speed;
      row.show(figures[index] ?? null, speed / best, index > 0 && Number.isFinite(ratio) && ratio > 0 ? ratio : null);
    }
  }
}

class BarRow {
  readonly element: HTMLElement;
  readonly #bar = element('div', { class: 'bar-length' });
  readonly #figure = element('td', { class: 'figure' }, NONE);
  readonly #ratio = element('td', { class: 'ratio' });

  constructor(name: string, isOurs: boolean) {
    this.element = element(
      'tr',
      { class: isOurs ? 'ours' : undefined },
      element('th', { scope: 'row' }, name),
      element('td', { class: 'track', 'aria-hidden': 'true' }, this.#bar),
      this.#figure,
      this.#ratio,
    );
    this.show(null, 0, null);
  }

  /** @param part of the best; the bar shows its logarithm */
  show(figure: number | null, part: number, ratio: number | null): void {
    const length = figure === null ? 0 : Math.max(0.01, 1 + A_TENTH * Math.log10(part));
    this.#bar.style.setProperty('--length', String(length));
    this.#figure.textContent = figure === null ? NONE : short(figure);
    this.#ratio.textContent = ratio === null ? '' : `${short(ratio)}×`;
  }
}
