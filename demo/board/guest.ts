// A tab, or a frame, that shows the board: the whole of board.html.

import { byId } from '../dom.ts';
import type { Sight } from './board.ts';
import { Grid } from './grid.ts';
import { type BoardProxy, isOver, join } from './join.ts';
import { Palette } from './palette.ts';

const id = crypto.randomUUID();
const root = document.documentElement;
const palette = new Palette(() => void tell((board) => board.clear()));
const grid = new Grid({
  onPaint: (cell) => void tell((board) => board.paint(cell, palette.colour)),
  onPoint: (cell) => void tell((board) => board.point(id, cell)),
});
let board: BoardProxy | undefined;
let seen: Sight | undefined;

/** What the visitor does while there is no board is lost with it. */
async function tell(what: (board: BoardProxy) => Promise<void>): Promise<void> {
  if (board === undefined) return;
  await what(board).catch((error) => {
    if (!isOver(error)) throw error;
  });
}

function say(state: 'joining' | 'serving' | 'connected' | 'lost' | 'failed', text: string): void {
  root.dataset.state = state;
  byId('status').textContent = text;
}

/** Here as long as the board is. */
async function stay(proxy: BoardProxy): Promise<void> {
  const control = new AbortController();
  const { signal } = control;
  const watch = async (): Promise<void> => {
    for (let version = -1; !signal.aborted; version = seen.version) {
      seen = await proxy.changed(version, { signal });
      show(seen);
    }
  };
  try {
    await Promise.all([proxy.visit(id, { signal }), watch()]);
  } finally {
    control.abort();
  }
}

function show({ cells, guests }: Sight): void {
  grid.show(cells, guests, id);
  const own = guests.get(id);
  if (own !== undefined) palette.suggest(own.number);
  byId('guests').textContent = own === undefined ? '' : `You are ${own.number} of ${guests.size}`;
}

async function live(): Promise<void> {
  say('joining', 'Looking for the board…');
  for (let again = false; ; again = true) {
    const { board: proxy, isServing } = await join(seen?.cells);
    board = proxy;
    if (isServing) say('serving', again ? 'Took over: serves the board' : 'Serves the board');
    else say('connected', again ? 'Connected: another one took over' : 'Connected');
    try {
      await stay(proxy);
    } catch (error) {
      if (!isOver(error)) throw error;
    }
    board = undefined;
    say('lost', 'Its tab is gone. Taking over…');
  }
}

/** The page around the frame, and other tabs, may change the theme. */
addEventListener('storage', ({ key, newValue }) => {
  if (key === 'theme' && newValue !== null) root.dataset.theme = newValue;
});

if (globalThis.self !== globalThis.top) root.dataset.embedded = '';
byId('place').replaceWith(grid.element, palette.element);
live().catch((error) => {
  say('failed', `Failed: ${error instanceof Error ? error.message : error}`);
  throw error;
});
