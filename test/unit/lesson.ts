// What is refused, what is said of it, and what is done about it.

import { expect, it } from 'vitest';

export interface Lesson {
  readonly told: RegExp;
  readonly wrong: () => unknown;
  readonly mended: () => unknown;
}

export function learn(lessons: Readonly<Record<string, Lesson>>): void {
  it.each(Object.entries(lessons))('%s', async (_title, { told, wrong, mended }) => {
    const refused: unknown = await Promise.resolve()
      .then(wrong)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect((refused as Error).message).toMatch(told);
    expect(await mended()).not.toBeInstanceOf(Error);
  });
}
