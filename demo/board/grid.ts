// The board as a guest sees it: its cells, and where the others point at. The cells can be reached by mouse, finger and keys.

import { element } from '../dom.ts';
import { COLUMNS, type Guest, ROWS } from './board.ts';
import { COLOURS, hueOf } from './palette.ts';

export interface Actions {
  onPaint(cell: number): void;
  onPoint(cell: number | null): void;
}

const STEPS: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export class Grid {
  readonly element = element('div', {
    class: 'grid',
    role: 'grid',
    'aria-label': 'The board',
    'aria-describedby': 'keys',
  });
  readonly #cells: HTMLElement[] = [];
  readonly #cursors = new Map<string, HTMLElement>();
  readonly #actions: Actions;
  /** The cell that Tab goes to. */
  #current = 0;
  #pointed: number | null = null;

  constructor(actions: Actions) {
    this.#actions = actions;
    for (let row = 0; row < ROWS; row++) {
      const cells = Array.from({ length: COLUMNS }, () =>
        element('div', { class: 'cell', role: 'gridcell', tabindex: '-1' }),
      );
      this.#cells.push(...cells);
      this.element.append(element('div', { class: 'row', role: 'row' }, ...cells));
    }
    this.#cells[0]?.setAttribute('tabindex', '0');
    for (const cell of this.#cells.keys()) this.#colour(cell, 0);
    this.#listen();
  }

  /** Shows what there is now. */
  show(cells: Uint8Array, guests: ReadonlyMap<string, Guest>, own: string): void {
    for (const [cell, colour] of cells.entries()) this.#colour(cell, colour);
    for (const [id, cursor] of this.#cursors) {
      if (guests.has(id)) continue;
      cursor.remove();
      this.#cursors.delete(id);
    }
    for (const [id, guest] of guests) if (id !== own) this.#point(id, guest);
  }

  #colour(cell: number, colour: number): void {
    const shown = this.#cells[cell];
    if (shown === undefined || shown.dataset.colour === String(colour)) return;
    shown.dataset.colour = String(colour);
    const place = `Row ${Math.floor(cell / COLUMNS) + 1}, column ${(cell % COLUMNS) + 1}`;
    shown.setAttribute('aria-label', `${place}: ${COLOURS[colour]}`);
  }

  #point(id: string, { number, cell }: Guest): void {
    let cursor = this.#cursors.get(id);
    if (cursor === undefined) {
      cursor = element('div', { class: 'cursor', 'aria-hidden': 'true' }, element('span', {}, String(number)));
      this.#cursors.set(id, cursor);
      this.element.append(cursor);
    }
    cursor.hidden = cell === null;
    cursor.style.setProperty('--hue', String(hueOf(number)));
    cursor.style.setProperty('--column', String((cell ?? 0) % COLUMNS));
    cursor.style.setProperty('--row', String(Math.floor((cell ?? 0) / COLUMNS)));
  }

  // ---------------------------------------------------------------------------------------------- what the visitor does

  #listen(): void {
    const { onPaint } = this.#actions;
    this.element.addEventListener('pointerdown', (event) => {
      const cell = this.#cellAt(event);
      if (cell === undefined || event.button !== 0) return;
      // A finger would be held by the cell where it began.
      (event.target as HTMLElement).releasePointerCapture(event.pointerId);
      this.#pointTo(cell);
      onPaint(cell);
    });
    this.element.addEventListener('pointermove', (event) => {
      const cell = this.#cellAt(event);
      if (cell === undefined || cell === this.#pointed) return;
      this.#pointTo(cell);
      if (event.buttons === 1) onPaint(cell);
    });
    this.element.addEventListener('pointerleave', () => this.#pointTo(null));
    this.element.addEventListener('focusin', (event) => {
      const cell = this.#cells.indexOf(event.target as HTMLElement);
      if (cell >= 0) this.#moveTo(cell);
    });
    this.element.addEventListener('focusout', () => this.#pointTo(null));
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    const [columns, rows] = STEPS[event.key] ?? [0, 0];
    if (columns !== 0 || rows !== 0) {
      const within = (value: number, count: number): number => Math.min(count - 1, Math.max(0, value));
      const column = within((this.#current % COLUMNS) + columns, COLUMNS);
      const row = within(Math.floor(this.#current / COLUMNS) + rows, ROWS);
      this.#cells[row * COLUMNS + column]?.focus();
    } else if (event.key === ' ' || event.key === 'Enter') this.#actions.onPaint(this.#current);
    else return;
    event.preventDefault();
  }

  #cellAt({ target }: Event): number | undefined {
    const cell = this.#cells.indexOf(target as HTMLElement);
    return cell < 0 ? undefined : cell;
  }

  #moveTo(cell: number): void {
    this.#cells[this.#current]?.setAttribute('tabindex', '-1');
    this.#cells[cell]?.setAttribute('tabindex', '0');
    this.#current = cell;
    this.#pointTo(cell);
  }

  #pointTo(cell: number | null): void {
    if (cell === this.#pointed) return;
    this.#pointed = cell;
    this.#actions.onPoint(cell);
  }
}
