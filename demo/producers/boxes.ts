// The processes at one end of the queue: what each is doing, how much of its time it works, and how fast.

import { element } from '../dom.ts';
import { Rate } from '../rate.ts';
import { perSecond } from '../stat.ts';
import { MOST } from './line.ts';
import { STARTING, WAITING, WORKING } from './work.ts';

/** Far apart, and none like the colours of states. */
const HUES = [255, 165, 310, 60];
/** How much of what a meter shows is what is seen now. */
const SMOOTHING = 0.04;
const RATE = 2000;
const OFF = -1;

export const hueOf = (producer: number): number => HUES[producer % HUES.length] ?? 0;

/** What states are called, and what they look like. */
type Words = Readonly<Record<number, readonly [kind: string, text: string]>>;

const wordsOf = (working: string, waiting: string): Words => ({
  [OFF]: ['off', 'not there'],
  [STARTING]: ['starting', 'starting'],
  [WORKING]: ['working', working],
  [WAITING]: ['waiting', waiting],
});

class Box {
  readonly element: HTMLElement;
  readonly #state = element('span', { class: 'state' });
  readonly #rate = element('span', { class: 'rate' });
  readonly #meter = element('span', { class: 'share', 'aria-hidden': 'true' });
  readonly #words: Words;
  readonly #speed = new Rate(RATE);
  #share = 0;

  constructor(name: string, words: Words) {
    this.#words = words;
    this.element = element(
      'li',
      { class: 'box' },
      element('span', { class: 'who' }, name),
      this.#rate,
      this.#state,
      this.#meter,
    );
    this.tell(OFF, 0, 0);
  }

  /** Each frame. */
  show(state: number, hue: number | undefined): void {
    this.#share += ((state === WORKING ? 1 : 0) - this.#share) * SMOOTHING;
    this.#meter.style.setProperty('--share', this.#share.toFixed(3));
    this.element.dataset.state = this.#words[state]?.[0] ?? '';
    if (hue !== undefined) this.element.style.setProperty('--hue', String(hue));
  }

  /** As often as one can read. */
  tell(state: number, count: number, at: number): void {
    if (state === OFF) {
      this.#speed.clear();
      this.#share = 0;
      this.show(state, undefined);
    }
    this.#state.textContent = this.#words[state]?.[1] ?? '';
    this.#rate.textContent = state === OFF ? '–' : perSecond(this.#speed.add(count, at));
  }
}

export class Boxes {
  readonly element: HTMLElement;
  readonly #boxes: readonly Box[];
  readonly #first: number;

  constructor(kind: 'Producer' | 'Consumer') {
    const isProducer = kind === 'Producer';
    const words = isProducer ? wordsOf('making', 'queue is full') : wordsOf('using', 'queue is empty');
    this.#first = isProducer ? 0 : MOST;
    this.#boxes = Array.from({ length: MOST }, (_, n) => new Box(`${kind}-${n + 1}`, words));
    this.element = element(
      'ul',
      { class: `boxes ${kind.toLowerCase()}s`, 'aria-label': `${kind}s` },
      ...this.#boxes.map((box) => box.element),
    );
    if (isProducer) for (const [n, box] of this.#boxes.entries()) box.show(OFF, hueOf(n));
  }

  show(states: ArrayLike<number>, items: ArrayLike<number>, wanted: number): void {
    for (const [n, box] of this.#boxes.entries()) {
      const me = this.#first + n;
      const hue = this.#first === 0 ? undefined : hueOf(items[me] ?? 0);
      if (n < wanted) box.show(states[me] ?? STARTING, hue);
    }
  }

  tell(states: ArrayLike<number>, counts: ArrayLike<number>, wanted: number, at: number): void {
    for (const [n, box] of this.#boxes.entries()) {
      const me = this.#first + n;
      box.tell(n < wanted ? (states[me] ?? STARTING) : OFF, counts[me] ?? 0, at);
    }
  }
}
