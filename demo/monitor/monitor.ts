// The process monitor: a drawer at the bottom of the page, which stays while the page above it is used.
//
// It asks `web-multiprocessing/inspect` some times a second: while it is closed, for the number on its button alone.

import { type ObjectInfo, type ProcessInfo, processes, sharedObjects } from 'web-multiprocessing/inspect';
import { byId, element } from '../dom.ts';
import { Objects } from './objects.ts';
import { Tree } from './tree.ts';

const OPEN_EVERY = 200;
const CLOSED_EVERY = 400;

export class Monitor {
  readonly element: HTMLElement;
  readonly #button = byId('monitor-button');
  readonly #count = byId('monitor-count');
  readonly #tree = new Tree();
  readonly #objects = new Objects();
  readonly #none = element('p', { class: 'hint' }, 'Nothing is shared at the moment. Run an example.');
  readonly #close = element('button', { class: 'button small', type: 'button' }, 'Close');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#tell(0);
    this.#button.addEventListener('click', () => this.turn(this.element.hidden));
    this.#close.addEventListener('click', () => this.turn(false));
    const scroller = { class: 'scroller', tabindex: '0', role: 'region' };
    this.element = element(
      'aside',
      { class: 'monitor', id: 'monitor', hidden: '', 'aria-labelledby': 'monitor-title' },
      element(
        'header',
        {},
        element('h2', { id: 'monitor-title', tabindex: '-1' }, 'Process monitor'),
        element('p', {}, 'All processes of this page, live, by ', element('code', {}, 'web-multiprocessing/inspect')),
        this.#close,
      ),
      element(
        'div',
        { class: 'panes' },
        element('div', { ...scroller, 'aria-label': 'Processes' }, this.#tree.element),
        element('div', { ...scroller, 'aria-label': 'Shared objects' }, this.#objects.element, this.#none),
      ),
    );
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.turn(false);
    });
  }

  begin(): void {
    this.#look();
  }

  turn(open: boolean): void {
    this.element.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    document.documentElement.classList.toggle('monitored', open);
    if (open) {
      this.#look();
      byId('monitor-title').focus({ preventScroll: true });
    } else this.#button.focus({ preventScroll: true });
  }

  #look(): void {
    clearTimeout(this.#timer);
    const seen = processes();
    const alive = seen.filter(({ state, parent }) => state !== 'ended' && parent !== null).length;
    if (this.#count.textContent !== String(alive)) this.#tell(alive);
    if (!this.element.hidden) this.#show(seen, sharedObjects());
    this.#timer = setTimeout(() => this.#look(), this.element.hidden ? CLOSED_EVERY : OPEN_EVERY);
  }

  #tell(alive: number): void {
    this.#count.textContent = String(alive);
    this.#button.setAttribute('aria-label', `Process monitor: ${alive} ${alive === 1 ? 'process' : 'processes'}`);
  }

  #show(seen: readonly ProcessInfo[], objects: readonly ObjectInfo[]): void {
    this.#tree.show(seen, objects);
    this.#objects.show(objects, seen);
    const isEmpty = !objects.some(({ holders }) => holders.length > 0);
    this.#objects.element.hidden = isEmpty;
    this.#none.hidden = !isEmpty;
  }
}
