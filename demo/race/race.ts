// The section of the page: several processes paint one shared array, and may do so without the lock.

import { listing } from '../card.ts';
import { element } from '../dom.ts';
import { Live } from '../live.ts';
import { labelAll } from '../monitor/label.ts';
import { Rate } from '../rate.ts';
import { Slider } from '../slider.ts';
import { count, Stat } from '../stat.ts';
import { Crew, MOST } from './crew.ts';
import crewCode from './crew.ts?highlight';
import { Field } from './field.ts';
import paintCode from './paint.ts?highlight';
import { Painters } from './painters.ts';

/** Milliseconds that a rate is over. */
const RATE = 1000;

const head = {
  id: 'race',
  kind: 'live race',
  title: 'Shared memory, and the race',
  summary: 'One array that all processes paint and this page draws, frame by frame.',
  notice:
    'Each process reads the counter, paints the cell that it names, and writes the counter plus one. With the lock ' +
    'nobody comes between the read and the write: the cells follow one another, and every increment counts. Without it ' +
    'two processes read the same number: both paint the same cell, one of the two increments is lost, and the cell ' +
    'glows. A process that was interrupted in between even sets the counter back. More is done a second then, by all ' +
    'cores instead of one, but no more is counted. For a plain number no lock is needed: `counter.add(1)` is one atomic ' +
    'step.',
};

export class Race extends Live {
  readonly #field = new Field();
  readonly #painters = new Painters();
  readonly #made = new Stat('made', 'Increments');
  readonly #counted = new Stat('counted', 'Counted');
  readonly #lost = new Stat('lost', 'Lost');
  readonly #rates = { made: new Rate(RATE), counted: new Rate(RATE), lost: new Rate(RATE) };
  readonly #lock = element('input', { type: 'checkbox', role: 'switch', id: 'race-lock', class: 'switch' });
  readonly #size = new Slider({
    id: 'race-size',
    label: 'Processes',
    min: 2,
    max: MOST,
    value: 4,
    onChange: (size) => {
      if (this.isRunning) this.#crew?.resize(size);
      if (this.#crew === undefined) this.#painters.show([], size);
    },
  });
  readonly #work = new Slider({
    id: 'race-work',
    label: 'Work in between',
    min: 0,
    max: 2,
    step: 0.1,
    value: 0.5,
    unit: ' ms',
    onChange: (work) => {
      if (this.#crew) this.#crew.shared.work.value = work;
    },
  });
  #crew: Crew | undefined;
  #seenLost = 0;

  constructor() {
    super(
      head,
      listing(paintCode, 'What each process does', 'paint.ts'),
      listing(crewCode, 'How they are started', 'crew.ts'),
    );
    this.#lock.checked = true;
    this.#lock.addEventListener('change', () => {
      if (this.#crew) this.#crew.shared.isLocking.value = Number(this.#lock.checked);
    });
    this.#painters.show([], this.#size.value);
    const lock = element('label', { for: 'race-lock', class: 'locking' }, this.#lock, 'Take the lock');
    const start = element('p', { class: 'start' }, 'Press Start, then switch the lock off');
    this.show(
      [lock, this.#size.element, this.#work.element],
      element('div', { class: 'canvas' }, this.#field.canvas, start),
      element('dl', { class: 'stats' }, this.#made.element, this.#counted.element, this.#lost.element),
      this.#painters.element,
    );
  }

  protected override start(): void {
    this.#field.clear();
    this.#seenLost = 0;
    const options = { size: this.#size.value, isLocking: this.#lock.checked, work: this.#work.value };
    const crew = new Crew(options, (error) => {
      if (crew === this.#crew) void this.stop(error);
    });
    this.#crew = crew;
    labelAll(crew.shared);
  }

  protected override async end(): Promise<void> {
    await this.#crew?.stop();
    for (const rate of Object.values(this.#rates)) rate.clear();
  }

  /** After all have returned it is known exactly. */
  protected override sum(): string {
    const { shared } = this.#crew as Crew;
    this.#crew = undefined;
    const lost = sum(shared.made) - shared.counter.value;
    return lost === 0 ? 'every increment counted' : `${count(lost)} lost`;
  }

  protected override draw(): void {
    if (this.#crew) this.#field.draw(this.#crew.shared);
  }

  protected override tell(now: number): void {
    if (this.#crew === undefined) return;
    const { shared } = this.#crew;
    const before = sum(shared.made);
    const counted = shared.counter.value;
    const each = shared.made.slice();
    const made = sum(each);
    // It goes on while we read, so we know two limits: what was lost stays as it is as long as it may be true.
    const lost = (this.#seenLost = Math.max(0, Math.min(Math.max(this.#seenLost, before - counted), made - counted)));
    this.#made.show(made, this.#rates.made.add(made, now));
    this.#counted.show(counted, this.#rates.counted.add(counted, now));
    this.#lost.show(lost, this.#rates.lost.add(lost, now));
    this.#painters.show(each, this.#size.value);
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
