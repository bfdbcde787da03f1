// A figure that moves: what it is, how many, and how many a second, or something else to say of it.

import { element } from './dom.ts';

const NONE = '–';
/** As high as text. */
const NO_BREAK_SPACE = '\u00a0';
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** In few characters, which is why it is not exact. */
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

export const count = (value: number): string => number.format(value);
export const brief = (value: number): string => (value < 1e6 ? number : compact).format(value);
export const perSecond = (rate: number): string => `${(rate < 100 ? small : number).format(rate)}/s`;

export class Stat {
  readonly element: HTMLElement;
  readonly #total = element('span', { class: 'total' });
  readonly #rate = element('span', { class: 'rate' });

  constructor(name: string, label: string) {
    const value = element('dd', {}, this.#total, ' ', this.#rate);
    this.element = element('div', { class: 'stat', 'data-stat': name }, element('dt', {}, label), value);
    this.clear();
  }

  show(total: number, rate: number | string): void {
    this.#total.textContent = count(total);
    this.#rate.textContent = typeof rate === 'string' ? rate : perSecond(rate);
    this.element.toggleAttribute('data-some', total > 0);
  }

  clear(): void {
    this.#total.textContent = NONE;
    this.#rate.textContent = NO_BREAK_SPACE;
    this.element.removeAttribute('data-some');
  }
}
