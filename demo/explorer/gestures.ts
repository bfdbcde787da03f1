// How one moves in the picture: wheel, double click and drag; arrows, plus, minus and 0; and a button for each.
//
// The wheel zooms while the picture has the focus: otherwise nobody could scroll past it.

import { element, isOn } from '../dom.ts';

export interface Moves {
  /** The place, in pixels of the picture; none: its middle. */
  zoom(factor: number, event?: MouseEvent): void;
  /** By parts of the picture. */
  pan(x: number, y: number): void;
  /** By pixels of the page. */
  drag(x: number, y: number): void;
  home(): void;
}

const STEP = 2;
const PART = 0.2;

type Move = (moves: Moves) => void;

const buttons: readonly (readonly [sign: string, label: string, move: Move])[] = [
  ['+', 'Zoom in', (moves) => moves.zoom(STEP)],
  ['−', 'Zoom out', (moves) => moves.zoom(1 / STEP)],
  ['←', 'Go left', (moves) => moves.pan(PART, 0)],
  ['↑', 'Go up', (moves) => moves.pan(0, PART)],
  ['↓', 'Go down', (moves) => moves.pan(0, -PART)],
  ['→', 'Go right', (moves) => moves.pan(-PART, 0)],
  ['1×', '1×: show all of it', (moves) => moves.home()],
];

const keys: Readonly<Record<string, Move>> = {
  '+': (moves) => moves.zoom(STEP),
  '=': (moves) => moves.zoom(STEP),
  '-': (moves) => moves.zoom(1 / STEP),
  '0': (moves) => moves.home(),
  ArrowLeft: (moves) => moves.pan(PART, 0),
  ArrowUp: (moves) => moves.pan(0, PART),
  ArrowDown: (moves) => moves.pan(0, -PART),
  ArrowRight: (moves) => moves.pan(-PART, 0),
};

export function moveButtons(moves: Moves): HTMLElement[] {
  return buttons.map(([sign, label, move]) => {
    const made = element('button', { class: 'button move', type: 'button', 'aria-label': label, title: label }, sign);
    made.addEventListener('click', () => {
      if (isOn(made)) move(moves);
    });
    return made;
  });
}

export function listenTo(canvas: HTMLCanvasElement, moves: Moves): void {
  canvas.addEventListener('keydown', (event) => {
    const move = keys[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(moves);
  });
  canvas.addEventListener('dblclick', (event) => moves.zoom(event.shiftKey ? 1 / STEP : STEP, event));
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (document.activeElement !== canvas) return;
      event.preventDefault();
      // A notch of a wheel is about 100 pixels; a line about 16.
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
      moves.zoom(2 ** (Math.max(-300, Math.min(300, -pixels)) / 200), event);
    },
    { passive: false },
  );
  dragging(canvas, moves);
}

/** With a mouse or a pen; a finger scrolls the page. */
function dragging(canvas: HTMLCanvasElement, moves: Moves): void {
  let [x, y] = [0, 0];
  canvas.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    [x, y] = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const [dx, dy] = [event.clientX - x, event.clientY - y];
    if (dx === 0 && dy === 0) return;
    [x, y] = [event.clientX, event.clientY];
    moves.drag(dx, dy);
  });
}
