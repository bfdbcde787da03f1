// The colours that there are, and the choice among them.

import { element } from '../dom.ts';

/** The first is none: it wipes. The stylesheet has the colours by their numbers. */
export const COLOURS = ['empty', 'blue', 'orange', 'green', 'pink', 'violet', 'yellow'] as const;

const GOLDEN_ANGLE = 137.508;

/** The colour of a guest's pointer. */
export const hueOf = (guest: number): number => (260 + (guest - 1) * GOLDEN_ANGLE) % 360;

export class Palette {
  readonly element: HTMLElement;
  readonly #inputs: HTMLInputElement[];
  #isChosen = false;

  constructor(onClear: () => void) {
    this.#inputs = COLOURS.map((name, colour) => {
      const label = colour === 0 ? 'Wipe' : `Paint in ${name}`;
      const attributes = {
        type: 'radio',
        name: 'colour',
        value: String(colour),
        class: 'swatch',
        'data-colour': String(colour),
      };
      return element('input', { ...attributes, 'aria-label': label, title: label });
    });
    const clear = element('button', { class: 'button', type: 'button' }, 'Clear');
    clear.addEventListener('click', onClear);
    const colours = element('fieldset', { class: 'colours' }, element('legend', {}, 'Colour'), ...this.#inputs);
    colours.addEventListener('change', () => {
      this.#isChosen = true;
    });
    this.element = element('div', { class: 'palette' }, colours, clear);
    this.#check(1);
  }

  get colour(): number {
    return this.#inputs.findIndex(({ checked }) => checked);
  }

  /** Another colour for each guest, until it chooses one. */
  suggest(guest: number): void {
    if (!this.#isChosen) this.#check(1 + ((guest - 1) % (COLOURS.length - 1)));
  }

  #check(colour: number): void {
    const input = this.#inputs[colour];
    if (input !== undefined) input.checked = true;
  }
}
