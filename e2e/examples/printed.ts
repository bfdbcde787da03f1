// What stands around the arguments of each `console.log()` of an example: its place in the document, and one text for all.

import { format } from '@vitest/pretty-format';

const options = { min: true, printBasicPrototype: false };

const shown = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return value instanceof Error ? String(value) : format(value, options);
};

export const printed = (place: string, ...values: unknown[]): [string] => [`${place}\t${values.map(shown).join(' ')}`];
