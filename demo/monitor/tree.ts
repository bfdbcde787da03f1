// The processes as a tree in one table: each row below that of its parent.

import { type ObjectInfo, type ProcessInfo, terminate } from 'web-multiprocessing/inspect';
import { element, iconButton, tell, turn } from '../dom.ts';
import { Rows } from './rows.ts';

/** Milliseconds that a process is still shown after it was seen to have ended. */
const AFTERGLOW = 4000;

interface Row {
  readonly element: HTMLTableRowElement;
  readonly name: HTMLElement;
  readonly pid: HTMLElement;
  readonly state: HTMLElement;
  readonly task: HTMLElement;
  readonly locks: HTMLElement;
  readonly end: HTMLButtonElement;
}

/** What holds it open, to its right: `Lock-3`, `results`. */
const locksOf = (pid: number, objects: readonly ObjectInfo[]): string =>
  objects
    .filter(({ owner }) => owner === pid)
    .map(({ name }) => name)
    .join(', ');

const stateOf = ({ state, exitcode }: ProcessInfo): string =>
  exitcode === null ? state : `ended, exit code ${exitcode}`;

function makeRow(pid: number): Row {
  const cell = (kind: string): HTMLElement => element('td', { class: kind });
  const name = element('span', { class: 'process-name' });
  const row = {
    name,
    pid: cell('pid'),
    state: cell('state'),
    task: cell('task'),
    locks: cell('locks'),
    end: iconButton('small', 'square', element('span', { class: 'label' }, 'Terminate'), () => terminate(pid)),
  };
  const head = element('th', { scope: 'row' }, name);
  return {
    ...row,
    element: element('tr', {}, head, row.pid, row.state, row.task, row.locks, element('td', { class: 'end' }, row.end)),
  };
}

export class Tree {
  readonly element: HTMLElement;
  readonly #rows: Rows<number, Row>;
  /** When a process was first seen to have ended. */
  readonly #ends = new Map<number, number>();

  constructor() {
    const body = element('tbody');
    this.#rows = new Rows(body, makeRow);
    const heads = ['Process', 'pid', 'State', 'At work on', 'Holds', ''].map((text) =>
      element('th', { scope: 'col' }, text || element('span', { class: 'unseen' }, 'Terminate')),
    );
    this.element = element(
      'table',
      { class: 'tree' },
      element('caption', { class: 'unseen' }, 'The processes of this page'),
      element('thead', {}, element('tr', {}, ...heads)),
      body,
    );
  }

  show(processes: readonly ProcessInfo[], objects: readonly ObjectInfo[]): void {
    const shown = this.#inOrder(processes.filter((info) => this.#isShown(info)));
    this.#rows.show(
      shown.map(([info]) => info.pid),
      (row, _pid, index) => {
        const [info, depth] = shown[index] as [ProcessInfo, number];
        const isOver = info.state === 'ended' || info.state === 'terminating';
        row.element.dataset.state = info.state;
        row.element.style.setProperty('--depth', String(depth));
        tell(row.name, info.name);
        tell(row.pid, String(info.pid));
        tell(row.state, stateOf(info));
        tell(row.task, info.task ?? (info.parent === null ? 'the page itself' : 'idle'));
        tell(row.locks, locksOf(info.pid, objects));
        row.end.hidden = info.parent === null;
        row.end.setAttribute('aria-label', `Terminate ${info.name}, pid ${info.pid}`);
        turn(row.end, !isOver);
      },
    );
  }

  #isShown({ pid, state }: ProcessInfo): boolean {
    if (state !== 'ended') return true;
    const seen = this.#ends.get(pid) ?? performance.now();
    this.#ends.set(pid, seen);
    return performance.now() - seen < AFTERGLOW;
  }

  /** Each behind its parent; the children of those that are no longer shown come last, at the root. */
  #inOrder(processes: readonly ProcessInfo[]): [ProcessInfo, number][] {
    const known = new Set(processes.map(({ pid }) => pid));
    const children = Map.groupBy(processes, ({ parent }) => (parent !== null && known.has(parent) ? parent : 0));
    const ordered: [ProcessInfo, number][] = [];
    const visit = (parent: number, depth: number): void => {
      for (const info of children.get(parent) ?? []) {
        ordered.push([info, depth]);
        visit(info.pid, depth + 1);
      }
    };
    visit(0, 0);
    return ordered;
  }
}
