// The numbers of proxies on their way.

import { expect, it } from 'vitest';
import { COUNTED, newPassage } from '../../src/managers/passage.ts';

it('passages have other numbers in each tab, where processes have the same pids', async () => {
  // @ts-expect-error TypeScript knows no queries.
  const other: { newPassage: typeof newPassage } = await import('../../src/managers/passage.ts?of=another-tab');
  expect(other.newPassage).not.toBe(newPassage);
  const numbers = Array.from({ length: 100 }, () => [newPassage(), other.newPassage()]).flat();
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.every((number) => Number.isSafeInteger(number) && number > COUNTED)).toBe(true);
});
