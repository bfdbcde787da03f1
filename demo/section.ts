// A section of the page: a head, what is in it, and what to notice.

import { element, prose } from './dom.ts';

export interface Head {
  readonly id: string;
  /** Its classes; the default is its id. */
  readonly kind?: string;
  readonly title: string;
  readonly summary: string;
  /** Text between backquotes is code. */
  readonly notice?: string;
}

export function section({ id, kind = id, title, summary, notice }: Head, ...body: Node[]): HTMLElement {
  const last = notice === undefined ? [] : [noticed(notice)];
  return element(
    'section',
    { class: kind, id, 'aria-labelledby': `${id}-title` },
    element(
      'header',
      { class: 'head' },
      element('h2', { id: `${id}-title` }, title),
      element('p', { class: 'summary' }, ...prose(summary)),
    ),
    ...body,
    ...last,
  );
}

/** What to notice. */
export const noticed = (text: string): HTMLElement =>
  element('p', { class: 'notice' }, element('strong', {}, 'What to notice'), ' ', ...prose(text));
