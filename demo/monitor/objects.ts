// The shared objects that living processes have: what is in them, and who holds their locks.

import type { ObjectInfo, ProcessInfo } from 'web-multiprocessing/inspect';
import { element, tell } from '../dom.ts';
import { Rows } from './rows.ts';

interface Row {
  readonly element: HTMLTableRowElement;
  readonly name: HTMLElement;
  readonly state: HTMLElement;
  readonly gauge: HTMLElement;
  readonly owner: HTMLElement;
  readonly holders: HTMLElement;
}

function makeRow(): Row {
  const row = {
    name: element('th', { scope: 'row' }),
    state: element('span', { class: 'text' }),
    gauge: element('span', { class: 'gauge', 'aria-hidden': 'true' }, element('i')),
    owner: element('td', { class: 'owner' }),
    holders: element('td', { class: 'holders' }),
  };
  const state = element('td', { class: 'state' }, row.gauge, row.state);
  return { ...row, element: element('tr', {}, row.name, state, row.owner, row.holders) };
}

/** `3 of 10 items`, or what its own text says. */
function stateOf({ size, maxsize, text, kind }: ObjectInfo): string {
  if (size === null) return kind.endsWith('Lock') ? '' : text;
  const unit = kind === 'Connection' ? 'message' : 'item';
  return maxsize === null ? `${size} ${unit}${size === 1 ? '' : 's'}` : `${size} of ${maxsize} ${unit}s`;
}

export class Objects {
  readonly element: HTMLElement;
  readonly #rows: Rows<object, Row>;

  constructor() {
    const body = element('tbody');
    this.#rows = new Rows(body, makeRow);
    const heads = ['Shared object', 'State', 'Held by', 'Processes'].map((text) =>
      element('th', { scope: 'col' }, text),
    );
    this.element = element(
      'table',
      { class: 'objects' },
      element('caption', { class: 'unseen' }, 'What the processes of this page share'),
      element('thead', {}, element('tr', {}, ...heads)),
      body,
    );
  }

  show(objects: readonly ObjectInfo[], processes: readonly ProcessInfo[]): void {
    const names = new Map(processes.map(({ pid, name }) => [pid, name]));
    const shown = objects.filter(({ holders }) => holders.length > 0);
    this.#rows.show(
      shown.map(({ object }) => object),
      (row, _object, index) => {
        const info = shown[index] as ObjectInfo;
        const { name, size, maxsize, owner, holders } = info;
        tell(row.name, name);
        tell(row.state, stateOf(info));
        // A queue without a limit counts as full at a thousand items.
        const fill = size === null ? 0 : Math.min(1, size / (maxsize ?? 1000));
        row.gauge.hidden = size === null;
        row.gauge.style.setProperty('--fill', String(fill));
        tell(row.owner, owner === null ? '' : (names.get(owner) ?? `pid ${owner}`));
        row.element.dataset.held = String(owner !== null);
        tell(row.holders, holders.length > 4 ? `${holders.length} of them` : holders.join(', '));
      },
    );
  }
}
