// Answers each call with its number.

import { large } from '../large.ts';
import { crunch, increment, type Moved, measured, numbers } from '../work.ts';

const tasks = { increment, crunch, measured, large, make: numbers, bounce: (array: Moved): Moved => array };

interface Call {
  readonly id: number;
  readonly task: keyof typeof tasks;
  readonly argument: never;
}

export interface Answer {
  readonly id: number;
  readonly value: unknown;
}

self.onmessage = ({ data: { id, task, argument } }: MessageEvent<Call>) => {
  const value = tasks[task](argument);
  const transfer = task === 'make' || task === 'bounce' ? [(value as Moved).buffer] : [];
  self.postMessage({ id, value } satisfies Answer, { transfer });
};
