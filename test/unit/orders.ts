// Scenarios of processes by message, in every order of their messages, with deaths at any step and last messages that are lost: by
// schedules, without workers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scaled } from '../fixtures/soak.ts';
import { type Choose, connect, exhaust, Run, wander } from './channels.ts';

/** Starts processes; answers what has to hold when nothing can happen any more. */
export type Scenario = (run: Run) => () => void | Promise<void>;

/** Answers false for such an error. */
export const failedBy =
  (...classes: readonly (abstract new (...args: never[]) => Error)[]) =>
  (error: unknown): false => {
    if (classes.some((Class) => error instanceof Class)) return false;
    throw error;
  };

const runOf =
  (scenario: Scenario, faults: number, aborts: number) =>
  async (choose: Choose): Promise<void> => {
    const run = new Run(choose, faults, aborts);
    try {
      const check = scenario(run);
      await run.play();
      await check();
    } finally {
      await run.end();
    }
  };

/** Makes tests of them. */
export function inEveryOrder(scenarios: Readonly<Record<string, Scenario>>): void {
  let disconnect = (): void => {};
  beforeAll(() => {
    if (!crossOriginIsolated) disconnect = connect();
  });
  afterAll(() => disconnect());

  describe.skipIf(crossOriginIsolated).each(Object.entries(scenarios))('%s', (_name, scenario) => {
    it('every order that leaves the first one twice', async () => {
      const count = await exhaust(2, scaled(1500, 50_000), runOf(scenario, 1, 1));
      expect(count).toBeGreaterThan(100);
    });

    it('orders at random', async () => {
      for (let seed = 1; seed <= scaled(1500, 50_000); seed++) await wander(seed, runOf(scenario, 2, 2));
    });
  });
}
