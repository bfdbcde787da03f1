// A slider with its label, and its value beside it.

import { element } from './dom.ts';

export interface SliderOptions {
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly value: number;
  readonly unit?: string;
  /** When it is let go, instead of while it moves. */
  readonly isLate?: boolean;
  onChange(value: number): void;
}

export class Slider {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;

  constructor({ id, label, min, max, step = 1, value, unit = '', isLate, onChange }: SliderOptions) {
    this.#input = element('input', {
      type: 'range',
      id,
      min: String(min),
      max: String(max),
      step: String(step),
      value: String(value),
    });
    const digits = String(step).split('.')[1]?.length ?? 0;
    const shown = element('span', { class: 'count', 'aria-hidden': 'true' });
    // As wide as it will ever be.
    shown.style.setProperty('min-width', `${`${max.toFixed(digits)}${unit}`.length}ch`);
    const show = (): void => {
      const text = `${this.value.toFixed(digits)}${unit}`;
      shown.textContent = text;
      this.#input.setAttribute('aria-valuetext', text);
    };
    this.#input.addEventListener('input', show);
    this.#input.addEventListener(isLate ? 'change' : 'input', () => onChange(this.value));
    show();
    this.element = element('div', { class: 'slider' }, element('label', { for: id }, label), this.#input, shown);
  }

  get value(): number {
    return this.#input.valueAsNumber;
  }

  turn(on: boolean): void {
    this.#input.disabled = !on;
  }
}
