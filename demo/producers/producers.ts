// The section of the page: producers and consumers at the two ends of a bounded queue, drawn while they work.

import { listing } from '../card.ts';
import { element } from '../dom.ts';
import { Live } from '../live.ts';
import { labelAll } from '../monitor/label.ts';
import { Rate } from '../rate.ts';
import { Slider } from '../slider.ts';
import { Stat } from '../stat.ts';
import { Boxes } from './boxes.ts';
import { Line, MOST } from './line.ts';
import lineCode from './line.ts?highlight';
import { Plot } from './plot.ts';
import { Slots } from './slots.ts';
import workCode from './work.ts?highlight';

/** Milliseconds: between two points of a plot, and that a rate is over. */
const SAMPLE = 100;
const RATE = 1000;
const PUT = '#86abff';
const TAKEN = '#62d6a0';

const head = {
  id: 'producers',
  kind: 'live line-up',
  title: 'Producers and consumers',
  summary: 'A bounded queue between processes that work at different speeds.',
  notice:
    'Nobody is told to slow down. Where more is made than is used the queue fills up, and then `await queue.put(item)` ' +
    'waits: the producers work as fast as the consumers, and no faster. Make using quicker, and it runs empty: now ' +
    '`for await (const item of queue)` waits. The queue evens out what varies, but the slower side sets the pace. ' +
    'A process that a slider takes away is terminated in the middle of its work; the queue goes on for the others. Stop ' +
    'is `queue.shutdown()`: every wait ends, and all of them return.',
};

export class Producers extends Live {
  readonly #producers = new Boxes('Producer');
  readonly #consumers = new Boxes('Consumer');
  readonly #slots = new Slots();
  readonly #depth = new Plot('Items in the queue', [{ label: 'In the queue', colour: '#ffd24a', isFilled: true }]);
  readonly #flow = new Plot('Items a second', [
    { label: 'put', colour: PUT },
    { label: 'taken', colour: TAKEN, dash: [6, 4] },
  ]);
  readonly #stats = {
    put: new Stat('put', 'Items put'),
    waiting: new Stat('waiting', 'In the queue'),
    taken: new Stat('taken', 'Items taken'),
  };
  readonly #rates = { put: new Rate(RATE), taken: new Rate(RATE) };
  readonly #sliders = {
    producers: this.#slider('producers', 'Producers', [1, MOST], 2, () => this.#resize()),
    consumers: this.#slider('consumers', 'Consumers', [1, MOST], 2, () => this.#resize()),
    maxsize: this.#slider('maxsize', 'Queue size', [1, 24], 12, () => this.#renew()),
    makeTime: this.#slider('make', 'To make an item', [0, 500], 150, (value) => this.#set('makeTime', value)),
    useTime: this.#slider('use', 'To use an item', [0, 500], 200, (value) => this.#set('useTime', value)),
  };
  #line: Line | undefined;
  /** Those that a new queue has replaced, until all of their processes have ended. */
  #leaving: Promise<void>[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #began = 0;

  constructor() {
    super(
      head,
      listing(workCode, 'What each process does', 'work.ts'),
      listing(lineCode, 'How they are started', 'line.ts'),
    );
    this.#slots.reset(this.#sliders.maxsize.value);
    this.#depth.clear(this.#sliders.maxsize.value);
    const { producers, consumers, maxsize, makeTime, useTime } = this.#sliders;
    const { put, waiting, taken } = this.#stats;
    const ends = element('p', { class: 'ends' }, element('span', {}, 'put here'), element('span', {}, 'taken next'));
    const queue = element('div', { class: 'queue' }, this.#slots.element, ends);
    this.show(
      [producers, makeTime, maxsize, consumers, useTime].map((slider) => slider.element),
      element('div', { class: 'floor' }, this.#producers.element, queue, this.#consumers.element),
      element('dl', { class: 'stats' }, put.element, waiting.element, taken.element),
      element('div', { class: 'plots' }, this.#depth.element, this.#flow.element),
    );
  }

  #slider(
    name: string,
    label: string,
    [min, max]: readonly [number, number],
    value: number,
    onChange: (value: number) => void,
  ): Slider {
    const isTime = max > 100;
    const options = { id: `producers-${name}`, label, min, max, value, isLate: name === 'maxsize', onChange };
    return new Slider(isTime ? { ...options, step: 10, unit: ' ms' } : options);
  }

  // ---------------------------------------------------------------------------------------------- what the visitor does

  protected override start(): void {
    this.#open();
    this.#timer = setInterval(() => this.#sample(), SAMPLE);
  }

  #open(): void {
    const { producers, consumers, maxsize, makeTime, useTime } = this.#sliders;
    const options = {
      maxsize: maxsize.value,
      producers: producers.value,
      consumers: consumers.value,
      makeTime: makeTime.value,
      useTime: useTime.value,
    };
    this.#slots.reset(options.maxsize);
    this.#depth.clear(options.maxsize);
    this.#flow.clear();
    for (const rate of Object.values(this.#rates)) rate.clear();
    this.#began = performance.now();
    const line = new Line(options, (error) => {
      if (line === this.#line) void this.stop(error);
    });
    this.#line = line;
    labelAll(line.shared);
  }

  /** A queue cannot change its size. */
  #renew(): void {
    if (this.#line === undefined) {
      this.#slots.reset(this.#sliders.maxsize.value);
      this.#depth.clear(this.#sliders.maxsize.value);
    } else if (this.isRunning) {
      this.#leaving.push(this.#line.stop());
      this.#open();
    }
  }

  #resize(): void {
    if (this.isRunning) this.#line?.resize(this.#sliders.producers.value, this.#sliders.consumers.value);
  }

  #set(time: 'makeTime' | 'useTime', value: number): void {
    if (this.#line) this.#line.shared[time].value = value;
  }

  protected override async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#leaving, this.#line?.stop()]);
    this.#leaving = [];
    for (const rate of Object.values(this.#rates)) rate.clear();
  }

  protected override sum(): string {
    this.#line = undefined;
    for (const boxes of [this.#producers, this.#consumers]) boxes.tell([], [], 0, 0);
    return 'all processes have ended';
  }

  // ---------------------------------------------------------------------------------------------- what there is to see

  #sample(): void {
    if (this.#line === undefined) return;
    const { queue, put, taken } = this.#line.shared;
    const now = performance.now();
    const seconds = (now - this.#began) / 1000;
    this.#depth.add(seconds, queue.qsize());
    this.#flow.add(seconds, this.#rates.put.add(put.value, now), this.#rates.taken.add(taken.value, now));
  }

  protected override draw(): void {
    if (this.#line === undefined) return;
    const { states, items } = this.#line.shared;
    this.#slots.show(this.#line.shared);
    this.#producers.show(states, items, this.#sliders.producers.value);
    this.#consumers.show(states, items, this.#sliders.consumers.value);
  }

  protected override tell(now: number): void {
    if (this.#line === undefined) return;
    const { queue, put, taken, states, counts } = this.#line.shared;
    const size = queue.qsize();
    this.#slots.tell(size);
    this.#stats.put.show(put.value, this.#rates.put.last);
    this.#stats.waiting.show(size, `of ${this.#sliders.maxsize.value}`);
    this.#stats.taken.show(taken.value, this.#rates.taken.last);
    this.#producers.tell(states, counts, this.#sliders.producers.value, now);
    this.#consumers.tell(states, counts, this.#sliders.consumers.value, now);
    this.#depth.draw();
    this.#flow.draw();
  }
}
