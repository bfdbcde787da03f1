// What is under the picture: moves, settings, progress and figures. It knows nothing of how a picture is made.

import { element, iconButton, turn } from '../dom.ts';
import { Slider } from '../slider.ts';

export const MOST_WORKERS = 8;

export interface Settings {
  onDraw(): void;
  onStop(): void;
  onWorkers(count: number): void;
  onOwnThread(own: boolean): void;
}

export class Panel {
  readonly progress = element('progress', { class: 'progress', max: '1', value: '0', 'aria-label': 'Progress' });
  readonly status = element('p', { class: 'status', role: 'status' });
  readonly givenUp = element('span', { class: 'given-up' }, '0');
  readonly #draw: HTMLButtonElement;
  readonly #stop: HTMLButtonElement;
  readonly #workers: Slider;
  readonly #ownThread = element('input', { type: 'checkbox', role: 'switch', id: 'explorer-thread', class: 'switch' });
  readonly controls: HTMLElement;
  readonly settings: HTMLElement;

  constructor(workers: number, { onDraw, onStop, onWorkers, onOwnThread }: Settings) {
    this.#workers = new Slider({
      id: 'explorer-workers',
      label: 'Workers',
      min: 1,
      max: MOST_WORKERS,
      value: workers,
      isLate: true,
      onChange: onWorkers,
    });
    this.#ownThread.addEventListener('change', () => {
      this.#workers.turn(!this.#ownThread.checked);
      onOwnThread(this.#ownThread.checked);
    });
    this.#draw = iconButton('run', 'play', 'Draw', onDraw);
    this.#stop = iconButton('stop', 'square', 'Stop', onStop);
    turn(this.#stop, false);
    this.controls = element('div', { class: 'controls' }, this.#draw, this.#stop, this.status);
    this.settings = element(
      'div',
      { class: 'settings' },
      this.#workers.element,
      element('label', { for: 'explorer-thread', class: 'thread' }, this.#ownThread, 'On the page’s own thread'),
      element('p', { class: 'stale' }, 'Stale tiles given up: ', this.givenUp),
    );
  }

  running(yes: boolean): void {
    turn(this.#stop, yes);
  }
}
