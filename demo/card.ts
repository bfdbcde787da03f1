// A card: an example in Python and in TypeScript, and a console to run it in.

import { element, iconButton, isOn, turn } from './dom.ts';
import type { Listing } from './listing.ts';
import { Output } from './output.ts';
import { type Ended, type Outcome, type Run, run } from './run.ts';
import { noticed } from './section.ts';
import type { Example } from './tour/index.ts';

const SPOKEN = { python: 'Python', typescript: 'TypeScript', javascript: 'JavaScript' } as const;

export class Card {
  readonly element: HTMLElement;
  readonly #example: Example;
  readonly #output: Output;
  readonly #status = element('p', { class: 'status', role: 'status' });
  readonly #runButton: HTMLButtonElement;
  readonly #stopButton: HTMLButtonElement;
  #run: Run | undefined;

  constructor(example: Example, number: number) {
    const { id, title, summary, python, typescript, built, notice, lines } = example;
    this.#example = example;
    this.#output = new Output(`Output of ${title}`, lines);
    this.#runButton = iconButton('run', 'play', 'Run', () => void this.run(), `Run ${title}`);
    this.#stopButton = iconButton('stop', 'square', 'Stop', () => this.#run?.stop(), `Stop ${title}`);
    turn(this.#stopButton, false);
    this.element = element(
      'section',
      { class: 'card', id, 'aria-labelledby': `${id}-title` },
      element(
        'header',
        { class: 'head' },
        element('h2', { id: `${id}-title` }, element('span', { class: 'number' }, String(number)), ` ${title}`),
        element('p', { class: 'summary' }, summary),
      ),
      element(
        'div',
        { class: 'listings' },
        ...[python, typescript].map((code) => listing(code, title, SPOKEN[code.language])),
      ),
      ...(built === undefined ? [] : [halves(built, title)]),
      element(
        'div',
        { class: 'console' },
        element('div', { class: 'controls' }, this.#runButton, this.#stopButton, this.#status),
        this.#output.element,
      ),
      noticed(notice),
    );
    this.#say('ready', 'Ready');
  }

  get isTimed(): boolean {
    return this.#example.isTimed === true;
  }

  /** Runs the example, again and again if you like; settles when all of its processes have ended. */
  async run(): Promise<void> {
    if (!isOn(this.#runButton)) return;
    turn(this.#runButton, false);
    const outcome = await run(
      this.#example.id,
      this.#example.main,
      (line) => this.#output.print(line),
      (begun) => {
        this.#run = begun;
        turn(this.#stopButton, true);
        this.#output.begin(begun.began);
        this.#say('running', 'Running…');
      },
    );
    this.#run = undefined;
    turn(this.#stopButton, false);
    turn(this.#runButton, true);
    this.#say(outcome.state, summaryOf(outcome));
  }

  /** Why it cannot run where all goes by message. */
  get needs(): string | undefined {
    return this.#example.needs;
  }

  disable(): void {
    turn(this.#runButton, false);
    this.#say('ready', `Cannot run here: ${this.needs}`);
  }

  #say(state: 'ready' | 'running' | Outcome['state'], text: string): void {
    this.element.dataset.state = state;
    this.#status.textContent = text;
  }
}

/** What the page has of an example, and what processes do. */
const halves = ({ page, process }: NonNullable<Example['built']>, title: string): HTMLElement =>
  element(
    'div',
    { class: 'listings built' },
    listing(page, `${title}, as the page has it,`, 'In the page, as built'),
    listing(process, `${title}, as processes have it,`, 'In processes, as built'),
  );

/** A file, as text to read. */
export function listing({ language, lines }: Listing, title: string, caption: string): HTMLElement {
  const code = element('code');
  for (const [index, line] of lines.entries()) {
    if (index > 0) code.append('\n');
    for (const [text, kind] of line) code.append(kind === undefined ? text : element('span', { class: kind }, text));
  }
  return element(
    'figure',
    { class: 'listing', 'data-language': language },
    element('figcaption', {}, caption),
    element('pre', { tabindex: '0', 'aria-label': `${title} in ${SPOKEN[language]}` }, code),
  );
}

const STATES = { finished: 'Finished in', failed: 'Failed after', stopped: 'Stopped after' } as const;

function summaryOf({ state, milliseconds, processes }: Outcome): string {
  return [`${STATES[state]} ${milliseconds.toFixed(0)} ms`, ...exitcodes(processes)].join(' · ');
}

/** `Process-1: exit code 0`, or for several processes: `10 processes: exit code 0`. */
function exitcodes(processes: readonly Ended[]): string[] {
  const groups = Map.groupBy(processes, ({ exitcode }) => exitcode);
  return [...groups].map(([exitcode, group]) => {
    const who = group.length === 1 && group[0] ? group[0].name : `${group.length} processes`;
    return `${who}: exit code ${exitcode}`;
  });
}
