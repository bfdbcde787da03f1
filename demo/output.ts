// The console of a card: the lines of a run, in the order in which they were printed, each with its process and colour.

import { element } from './dom.ts';
import type { Line } from './lines.ts';

/** Neighbours on this circle are far apart. */
const GOLDEN_ANGLE = 137.508;
const MAIN = 'MainProcess';

export class Output {
  readonly element: HTMLElement;
  #began = 0;
  #times: number[] = [];
  #hues = new Map<number, number>();

  /** @param lines how many lines to keep room for, so that nothing moves when they come */
  constructor(label: string, lines: number) {
    this.element = element('div', { class: 'lines', role: 'log', 'aria-label': label, tabindex: '0' });
    this.element.style.setProperty('--lines', String(lines));
    this.element.append(element('p', { class: 'hint' }, 'What the processes print appears here.'));
  }

  begin(at: number): void {
    this.#began = at;
    this.#times = [];
    this.#hues.clear();
    this.element.replaceChildren();
  }

  print(line: Line): void {
    const place = this.#times.findLastIndex((at) => at <= line.at) + 1;
    this.#times.splice(place, 0, line.at);
    const row = this.#row(line);
    this.element.insertBefore(row, this.element.children[place] ?? null);
    // An error is read from its beginning.
    this.element.scrollTop = line.isError ? row.offsetTop : this.element.scrollHeight;
  }

  #row({ pid, name, at, text, isError }: Line): HTMLElement {
    const row = element(
      'div',
      { class: isError ? 'line error' : 'line', 'data-pid': String(pid) },
      element('span', { class: 'name' }, name),
      element('span', { class: 'pid' }, `pid ${pid}`),
      element('span', { class: 'text' }, text),
      element('span', { class: 'time' }, `${Math.max(0, at - this.#began).toFixed(0)} ms`),
    );
    if (name !== MAIN) row.style.setProperty('--hue', String(this.#hueOf(pid)));
    return row;
  }

  #hueOf(pid: number): number {
    const known = this.#hues.get(pid) ?? (210 + this.#hues.size * GOLDEN_ANGLE) % 360;
    this.#hues.set(pid, known);
    return known;
  }
}
