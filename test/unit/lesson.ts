// What is refused, what is said of it, and what is done about it.

import { expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import * as targets from '../fixtures/targets.ts';

export interface Lesson {
  readonly told: RegExp;
  readonly wrong: () => unknown;
  readonly mended: () => unknown;
}

export type Lessons = Readonly<Record<string, Lesson>>;

export function learn(lessons: Lessons): void {
  it.each(Object.entries(lessons))('%s', async (_title, { told, wrong, mended }) => {
    const refused: unknown = await Promise.resolve()
      .then(wrong)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect((refused as Error).message).toMatch(told);
    expect(await mended()).not.toBeInstanceOf(Error);
  });
}

/** In a pool of one worker, which is gone then. */
export async function pooled<T>(use: (workers: mp.Pool) => T): Promise<Awaited<T>> {
  await using workers = new mp.Pool(1);
  return await use(workers);
}

/** A process that has ended. */
export async function through(options: { args?: [unknown]; daemon?: boolean } = {}) {
  const child = new mp.Process({ target: targets.identity as (it: unknown) => unknown, args: [1], ...options });
  child.start();
  await child.join();
  return child;
}

/** What a process comes to. */
export async function resultOf<Args extends readonly any[], R>(
  target: (...args: Args) => R,
  ...args: Args
): Promise<Awaited<R>> {
  const child = new mp.Process({ target, args } as never) as mp.Process<Args, R>;
  child.start();
  return await child.result();
}

/** What the console is told while that is done, as an error: it comes where nobody is to catch it. */
export async function heard(act: () => unknown): Promise<Error> {
  const { error, warn } = console;
  try {
    const said = new Promise<Error>((resolve) => {
      console.error = console.warn = (...args: unknown[]) => resolve(new Error(args.map(String).join(' ')));
    });
    await Promise.resolve()
      .then(act)
      .catch(() => {});
    return await said;
  } finally {
    Object.assign(console, { error, warn });
  }
}
