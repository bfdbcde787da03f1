// Measures a few things in the visitor's browser, when asked.

import { element, iconButton, turn } from '../dom.ts';
import { Bars } from './bars.ts';
import { measure, measures } from './measures.ts';

export class Live {
  readonly element: HTMLElement;
  readonly #onState: (state: string) => void;
  readonly #status = element('p', { class: 'status', role: 'status' }, 'Ready');
  readonly #progress = element('progress', { class: 'progress', max: '1', value: '0', 'aria-label': 'Progress' });
  readonly #measure = iconButton('run', 'play', 'Measure in this browser', () => void this.#run());
  readonly #cancel = iconButton('stop', 'square', 'Cancel', () => this.#control?.abort());
  readonly #bars = measures.map(({ name, unit, sides }) => new Bars(name, unit, false, Object.keys(sides)));
  #control: AbortController | undefined;

  /** @param onState is told what goes on: `ready`, `running`, `finished`, `stopped` or `failed` */
  constructor(onState: (state: string) => void) {
    this.#onState = onState;
    turn(this.#cancel, false);
    this.element = element(
      'div',
      { class: 'console measuring' },
      element('div', { class: 'controls' }, this.#measure, this.#cancel, this.#status),
      element('div', { class: 'live-progress' }, this.#progress),
      element('div', { class: 'bar-tables' }, ...this.#bars.map((bars) => bars.element)),
    );
  }

  /** There is nothing to measure. */
  disable(why: string): void {
    turn(this.#measure, false);
    this.#status.textContent = `Cannot run here: ${why}`;
  }

  async #run(): Promise<void> {
    const control = new AbortController();
    this.#control = control;
    turn(this.#measure, false);
    turn(this.#cancel, true);
    for (const bars of this.#bars) bars.show([]);
    try {
      await this.#all(control.signal);
      this.#say('finished', 'Done: a second run is often faster, for then the code is compiled');
    } catch (error) {
      if (control.signal.aborted) this.#say('stopped', 'Cancelled');
      else this.#say('failed', `Failed: ${error instanceof Error ? error.message : error}`);
    }
    this.#control = undefined;
    turn(this.#cancel, false);
    turn(this.#measure, true);
  }

  async #all(signal: AbortSignal): Promise<void> {
    const total = measures.reduce((sum, { sides }) => sum + Object.keys(sides).length, 0);
    let done = 0;
    this.#progress.value = 0;
    for (const [index, { sides }] of measures.entries()) {
      const figures: number[] = [];
      for (const [name, side] of Object.entries(sides)) {
        this.#say('running', `${done + 1} of ${total}: ${name}…`);
        // What was said is to be seen, although the page is busy from now on.
        await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
        figures.push(await measure(side, signal));
        this.#bars[index]?.show(figures);
        this.#progress.value = ++done / total;
      }
    }
  }

  #say(state: string, text: string): void {
    this.#onState(state);
    this.#status.textContent = text;
  }
}
