// What gathers for a message: when it goes, and that all goes in the order in which it was said.

import { beforeEach, expect, it } from 'vitest';
import { flushGathered, Gathering } from '../../src/process/gathering.ts';

const sent: string[] = [];
beforeEach(() => {
  sent.length = 0;
});

const gathering = (name: string): Gathering<number> =>
  new Gathering((items) => {
    flushGathered();
    sent.push(`${name} ${items.join(' ')}`);
  });

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it('the first of a turn goes at once, the others at its end', async () => {
  const one = gathering('one');
  for (const i of [1, 2, 3]) one.add(i);
  expect(sent).toEqual(['one 1']);
  await turn();
  expect(sent).toEqual(['one 1', 'one 2 3']);
  one.add(4);
  expect(sent.at(-1)).toBe('one 4');
  await turn();
  expect(sent).toHaveLength(3);
});

it('many do not wait for the end of the turn', async () => {
  const one = gathering('one');
  for (let i = 0; i < 40; i++) one.add(i);
  expect(sent.map((message) => message.split(' ').length - 1)).toEqual([1, 16, 16]);
  await turn();
  expect(sent.map((message) => message.split(' ').length - 1)).toEqual([1, 16, 16, 7]);
});

it('what one has gathered goes before what another is given, and before all else', async () => {
  const one = gathering('one');
  const other = gathering('other');
  one.add(1);
  one.add(2);
  other.add(3);
  other.add(4);
  one.add(5);
  expect(sent).toEqual(['one 1', 'one 2', 'other 3', 'other 4']);
  flushGathered();
  expect(sent).toEqual(['one 1', 'one 2', 'other 3', 'other 4', 'one 5']);
  await turn();
  expect(sent).toHaveLength(5);
});
