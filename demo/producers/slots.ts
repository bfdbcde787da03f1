// The queue: a slot for each item that fits, the oldest item at the consumers' end, each in the colour of who made it.

import { element } from '../dom.ts';
import { hueOf } from './boxes.ts';
import type { Shared } from './work.ts';

export class Slots {
  readonly element = element('div', { class: 'slots', role: 'meter', 'aria-label': 'Items in the queue' });
  #slots: HTMLElement[] = [];

  /** A new queue, which is empty. */
  reset(maxsize: number): void {
    this.#slots = Array.from({ length: maxsize }, () => element('span', { class: 'slot' }));
    this.element.style.setProperty('--slots', String(maxsize));
    this.element.setAttribute('aria-valuemin', '0');
    this.element.setAttribute('aria-valuemax', String(maxsize));
    this.tell(0);
    this.element.replaceChildren(...this.#slots);
  }

  /** Each frame. How many there are the queue knows; in which order they came, those who put them noted. */
  show({ queue, taken, order }: Shared): void {
    const first = taken.value;
    const size = queue.qsize();
    for (const [place, slot] of this.#slots.entries()) {
      const isFull = place < size;
      const hue = isFull ? String(hueOf(order[(first + place) % order.length] ?? 0)) : '';
      if (slot.dataset.hue === hue) continue;
      slot.dataset.hue = hue;
      slot.style.setProperty('--hue', hue);
      slot.toggleAttribute('data-full', isFull);
    }
  }

  /** As often as one can listen. */
  tell(size: number): void {
    this.element.setAttribute('aria-valuenow', String(size));
    this.element.setAttribute('aria-valuetext', `${size} of ${this.#slots.length}`);
  }
}
