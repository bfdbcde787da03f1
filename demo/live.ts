// A section whose processes run until they are stopped: how they are written, and a console to start and stop them in, where
// what they share is drawn.

import { element, iconButton, isOn, turn } from './dom.ts';
import { type Head, section } from './section.ts';
import { Ticker } from './ticker.ts';

/** Milliseconds: figures that change more often cannot be read. */
const FIGURES = 200;

export abstract class Live {
  readonly element: HTMLElement;
  readonly needs = 'what its processes share is numbers in shared memory';
  readonly #start = iconButton('run', 'play', 'Start', () => this.#begin());
  readonly #stop = iconButton('stop', 'square', 'Stop', () => void this.stop());
  readonly #status = element('p', { class: 'status', role: 'status' });
  readonly #settings = element('fieldset', { class: 'settings', 'aria-label': 'Settings' });
  readonly #console = element(
    'div',
    { class: 'console' },
    element('div', { class: 'controls' }, this.#start, this.#stop, this.#status),
    this.#settings,
  );
  readonly #ticker: Ticker;
  #figuresAt = 0;

  constructor(head: Head, ...listings: Node[]) {
    this.element = section(head, element('div', { class: 'listings' }, ...listings), this.#console);
    this.#ticker = new Ticker(this.element, () => this.#draw());
    turn(this.#stop, false);
    this.#say('ready', 'Ready');
  }

  disable(): void {
    turn(this.#start, false);
    this.#settings.disabled = true;
    this.#say('ready', `Cannot run here: ${this.needs}`);
  }

  protected abstract start(): void;
  /** Settles when all processes have ended. */
  protected abstract end(): Promise<unknown>;
  /** Lets go of what ran, after it was drawn for the last time, and says what came of it. */
  protected abstract sum(): string;
  /** Before each frame. */
  protected abstract draw(): void;
  /** As often as one can read. */
  protected abstract tell(now: number): void;

  /** What a visitor may set, and what there is to see. */
  protected show(settings: Node[], ...sights: Node[]): void {
    this.#settings.append(...settings);
    this.#console.append(...sights);
  }

  /** It was started, and is not yet about to end. */
  protected get isRunning(): boolean {
    return isOn(this.#stop);
  }

  protected async stop(error?: unknown): Promise<void> {
    if (!this.isRunning) return;
    turn(this.#stop, false);
    this.#say('running', 'Stopping…');
    await this.end();
    this.#figuresAt = 0;
    this.#ticker.stop();
    const sum = this.sum();
    turn(this.#start, true);
    if (error === undefined) this.#say('finished', `Stopped: ${sum}`);
    else this.#say('failed', `Failed: ${error instanceof Error ? error.message : error}`);
  }

  #begin(): void {
    this.start();
    this.#figuresAt = 0;
    turn(this.#start, false);
    turn(this.#stop, true);
    this.#say('running', 'Running…');
    this.#ticker.start();
  }

  #draw(): void {
    this.draw();
    const now = performance.now();
    if (now - this.#figuresAt < FIGURES) return;
    this.#figuresAt = now;
    this.tell(now);
  }

  #say(state: 'ready' | 'running' | 'finished' | 'failed', text: string): void {
    this.element.dataset.state = state;
    this.#status.textContent = text;
  }
}
