// The section of the page: two frames of board.html side by side, which can be opened and closed like tabs.

import { listing } from '../card.ts';
import { element, iconButton, isOn, turn } from '../dom.ts';
import { section } from '../section.ts';
import boardCode from './board.ts?highlight';
import joinCode from './join.ts?highlight';

const PAGE = './board.html';
const TITLE = 'Two tabs, one object';

/** A place for one frame. */
class Place {
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #button = element('button', { class: 'button', type: 'button' });
  readonly #view = element('div', { class: 'view' });
  readonly #onChange: () => void;
  #frame: HTMLIFrameElement | undefined;

  constructor(name: string, onChange: () => void) {
    this.#name = name;
    this.#onChange = onChange;
    this.#button.addEventListener('click', () => {
      if (isOn(this.#button)) this.turn(!this.isOpen);
    });
    const caption = element('figcaption', {}, element('span', {}, name), this.#button);
    this.element = element('figure', { class: 'place' }, caption, this.#view);
    this.#show();
  }

  get isOpen(): boolean {
    return this.#frame !== undefined;
  }

  turn(open: boolean): void {
    if (open === this.isOpen) return;
    this.#frame = open ? element('iframe', { src: PAGE, title: this.#name }) : undefined;
    this.#show();
    this.#onChange();
  }

  #show(): void {
    const verb = this.isOpen ? 'Close' : 'Open';
    this.#button.textContent = verb;
    this.#button.setAttribute('aria-label', `${verb} the ${this.#name.toLowerCase()}`);
    this.#view.replaceChildren(this.#frame ?? element('p', { class: 'hint' }, 'Closed'));
  }
}

export class Desk {
  readonly element: HTMLElement;
  readonly #places = ['First frame', 'Second frame'].map((name) => new Place(name, () => this.#tell()));
  readonly #open = iconButton('run', 'play', 'Open both', () => {
    for (const place of this.#places) place.turn(true);
  });
  readonly #status = element('p', { class: 'status', role: 'status' });

  constructor() {
    const notice =
      'The first that comes serves the board, in a process of its own: `start()`. All others `connect()` to its address, and ' +
      'call the same object. No timer asks for news: `await board.changed(version)` answers when there are any. Close the ' +
      'frame that serves: a call that waits throws `EOFError`, and who is left takes over, with what it last saw.';
    this.element = section(
      {
        id: 'board',
        kind: 'desk',
        title: TITLE,
        summary: 'A class of your own, in a manager that every tab of the site reaches.',
        notice,
      },
      element(
        'div',
        { class: 'listings' },
        listing(boardCode, 'The object', 'board.ts'),
        listing(joinCode, 'How a tab finds it', 'join.ts'),
      ),
      element(
        'div',
        { class: 'console' },
        element(
          'div',
          { class: 'controls' },
          this.#open,
          element('a', { class: 'button', href: PAGE, target: '_blank', rel: 'noopener' }, 'Open another tab'),
          this.#status,
        ),
        element('div', { class: 'places' }, ...this.#places.map((place) => place.element)),
      ),
      element(
        'p',
        { class: 'keys' },
        'Draw with the mouse or a finger: the other frame shows it, and your pointer. On the keyboard: arrows move, Space paints.',
      ),
    );
    this.#tell();
  }

  #tell(): void {
    const open = this.#places.filter(({ isOpen }) => isOpen).length;
    turn(this.#open, open < this.#places.length);
    this.element.dataset.state = open > 0 ? 'finished' : 'ready';
    this.#status.textContent = open === 0 ? 'Ready' : open === 1 ? 'One frame is open' : 'Both frames are open';
  }
}
