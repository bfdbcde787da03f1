// What this browser allows, and what to do about what it does not.

import * as mp from 'web-multiprocessing';
import { element } from '../dom.ts';
import { section } from '../section.ts';

function row({ name, available, required, purpose, remedy }: mp.Feature): HTMLElement {
  const state = available ? 'available' : required ? 'missing' : 'not here';
  return element(
    'tr',
    { 'data-state': state },
    element('th', { scope: 'row' }, name),
    element('td', { class: available ? 'good' : required ? 'bad' : 'absent' }, state),
    element('td', {}, purpose, ...(remedy === null ? [] : [element('p', { class: 'remedy' }, remedy)])),
  );
}

/** The section. */
export function capabilityTable(): HTMLElement {
  const { ready, mode, features } = mp.capabilities();
  const needed =
    mode === 'shared' ? 'Everything that processes need.' : 'Everything that processes need to work by message.';
  const summary = ready ? needed : 'Something that processes need is missing.';
  return section(
    {
      id: 'capabilities',
      title: 'What this browser allows',
      summary: `${summary} \`mp.capabilities()\` answers this table.`,
    },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, 'What this browser allows'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['Feature', 'Here', 'What it is for'].map((text) => element('th', { scope: 'col' }, text)),
        ),
      ),
      element('tbody', {}, ...features.map(row)),
    ),
  );
}
