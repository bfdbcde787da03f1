// Two rows of figures: the picture as workers painted it, and as the page's own thread did.

import { element } from '../dom.ts';
import type { Smoothness } from './frames.ts';

export type Mode = 'pool' | 'page';

export interface Figures {
  readonly tiles: number;
  readonly total: number;
  /** How many threads painted them. */
  readonly painters: number;
  readonly milliseconds: number;
  readonly smoothness: Smoothness | undefined;
}

const COLUMNS = {
  tiles: 'Tiles',
  threads: 'Threads',
  time: 'Time, ms',
  rate: 'FPS',
  longest: 'Longest frame, ms',
};
type Column = keyof typeof COLUMNS;
const NONE = '–';

export class FigureTable {
  readonly element: HTMLElement;
  readonly #rows: Readonly<Record<Mode, Row>> = {
    pool: new Row('pool', 'Pool'),
    page: new Row('page', 'Page'),
  };

  constructor() {
    const heads = Object.entries(COLUMNS).map(([column, text]) =>
      element('th', { scope: 'col', 'data-column': column }, text),
    );
    this.element = element(
      'table',
      { class: 'figures' },
      element('caption', {}, 'This view, painted by'),
      element('thead', {}, element('tr', {}, element('td'), ...heads)),
      element('tbody', {}, this.#rows.pool.element, this.#rows.page.element),
    );
  }

  show(mode: Mode, { tiles, total, painters, milliseconds, smoothness }: Figures): void {
    this.#rows[mode].show({
      tiles: `${tiles}/${total}`,
      threads: String(painters),
      time: milliseconds.toFixed(0),
      rate: smoothness?.rate.toFixed(0) ?? NONE,
      longest: smoothness?.longest.toFixed(0) ?? NONE,
    });
  }

  /** Figures of another view are not to be compared with. */
  clear(): void {
    for (const row of Object.values(this.#rows)) row.clear();
  }
}

class Row {
  readonly element: HTMLElement;
  readonly #cells: Readonly<Record<Column, HTMLElement>>;

  constructor(mode: Mode, label: string) {
    const cell = (column: Column) => element('td', { 'data-column': column });
    const cells = {
      tiles: cell('tiles'),
      threads: cell('threads'),
      time: cell('time'),
      rate: cell('rate'),
      longest: cell('longest'),
    };
    this.#cells = cells;
    this.element = element(
      'tr',
      { 'data-mode': mode },
      element('th', { scope: 'row' }, label),
      ...Object.values(cells),
    );
    this.clear();
  }

  show(texts: Readonly<Record<Column, string>>): void {
    for (const [column, text] of Object.entries(texts)) this.#cells[column as Column].textContent = text;
  }

  clear(): void {
    for (const cell of Object.values(this.#cells)) cell.textContent = NONE;
  }
}
