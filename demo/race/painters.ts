// Who paints, in which colour, and how much each has done.

import { element } from '../dom.ts';
import { brief } from '../stat.ts';
import { MOST } from './crew.ts';
import { hueOf } from './field.ts';

class Painter {
  readonly element: HTMLElement;
  readonly #made = element('span', { class: 'made' });

  constructor(me: number) {
    this.element = element('li', {}, element('span', { class: 'who' }, `Painter-${me + 1}`), this.#made);
    this.element.style.setProperty('--hue', String(hueOf(me)));
  }

  show(made: number, isWanted: boolean): void {
    this.#made.textContent = brief(made);
    this.element.toggleAttribute('data-off', !isWanted);
  }
}

export class Painters {
  readonly #painters = Array.from({ length: MOST }, (_, me) => new Painter(me));
  readonly element = element(
    'ul',
    { class: 'painters', 'aria-label': 'Cells painted by each process' },
    ...this.#painters.map((painter) => painter.element),
  );

  show(made: ArrayLike<number>, wanted: number): void {
    for (const [me, painter] of this.#painters.entries()) painter.show(made[me] ?? 0, me < wanted);
  }
}
