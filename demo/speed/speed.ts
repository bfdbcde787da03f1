// How fast it is: the figures of the last full run of the benchmarks, and a few that the visitor's browser measures.

import { element } from '../dom.ts';
import { section } from '../section.ts';
import { Bars } from './bars.ts';
import { Legend, Plot } from './curves.ts';
import { Live } from './live.ts';
import { type Row, report, withVersion } from './results.ts';

/** The area that is shown first. */
const FIRST = 'Pools of two workers';

export class Speed {
  readonly element: HTMLElement;
  readonly #live = new Live((state) => {
    this.element.dataset.state = state;
  });
  readonly #legend = new Legend(report.growth);
  readonly #plots = report.growth.map((chart) => new Plot(chart, this.#legend));
  readonly #tables = element('div', { class: 'bar-tables', id: 'speed-rows' });
  readonly #areas = element('select', { id: 'speed-area', 'aria-controls': 'speed-rows' });

  constructor() {
    const areas = [...new Set(report.rows.map(({ area }) => area))];
    this.#areas.append(...areas.map((area) => element('option', { value: area }, area)));
    if (areas.includes(FIRST)) this.#areas.value = FIRST;
    this.#areas.addEventListener('change', () => this.#showArea());
    const { machine, browser, python, rounds, quick } = report;
    const where = [machine, browser, python, quick ? 'a quick run' : `medians of ${rounds}`]
      .filter((part) => part !== null)
      .join(' · ');
    const notice =
      'A small message costs most where the two sides sleep between messages: `postMessage` wakes a thread for each, a queue ' +
      'or a pool in shared memory only when nobody looks. What is large, or takes long to compute, costs the same everywhere.';
    this.element = section(
      {
        id: 'speed',
        title: 'How fast',
        summary: 'Beside bare messages, and beside what others use for pools and locks.',
        notice,
      },
      this.#live.element,
      element(
        'div',
        { class: 'measured-before' },
        element('h3', {}, 'The last run of the benchmarks'),
        element('p', { class: 'where-measured' }, where),
        element('p', { class: 'choice' }, element('label', { for: 'speed-area' }, 'Area'), this.#areas),
        this.#tables,
        element(
          'p',
          { class: 'legend' },
          'The longer a bar, the faster, on a scale of logarithms. × says how many times as fast ours is.',
        ),
        element('h3', {}, 'How costs grow'),
        this.#legend.element,
        element('div', { class: 'growths' }, ...this.#plots.map((plot) => plot.element)),
      ),
    );
    this.#showArea();
  }

  shown(): void {
    for (const plot of this.#plots) plot.begin();
    const recolour = (): void => {
      for (const plot of this.#plots) plot.recolour();
    };
    new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
  }

  readonly needs = 'the processes that it measures block';

  /** What was measured before can be seen; nothing can be measured. */
  disable(): void {
    this.#live.disable(this.needs);
  }

  #showArea(): void {
    const rows = report.rows.filter(({ area }) => area === this.#areas.value);
    this.#tables.replaceChildren(...rows.map(barsOf));
  }
}

function barsOf({ name, unit, lowerIsBetter, ours, peers, cpython }: Row): HTMLElement {
  const sides: (readonly [string, number | null])[] = [['ours', ours], ...Object.entries(peers)];
  if (cpython !== null) sides.push(['CPython', cpython]);
  const names = sides.map(([side]) => withVersion(side));
  const bars = new Bars(name, unit, lowerIsBetter, names);
  bars.show(sides.map(([, figure]) => figure));
  return bars.element;
}
