// Runs the cases of one area in every place and with every driver, each as a test.

import { afterAll, afterEach, describe, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { census } from '../../src/process/page/root.ts';
import '../fixtures/executable.ts';
import { runCases } from '../fixtures/cases.ts';
import { isSoak } from '../fixtures/soak.ts';
import { type Cases, type Driver, drivers, needOf } from './harness.ts';

/** Fails unless every process has ended and its worker is gone, but for that in which cases run. */
export async function expectNoneLeft(): Promise<void> {
  const kept = runner === undefined ? 0 : 1;
  // Looks often: nearly every test waits here for some milliseconds, and there are thousands.
  for (const end = Date.now() + 60_000; census().processes > kept && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const left = census().processes - kept;
  const children = mp.activeChildren().filter((child) => child !== runner?.process);
  // Those that come after it are not to fail with it.
  for (const child of children) child.terminate();
  expect(left, 'processes left behind').toBe(0);
  expect(children).toEqual([]);
}

// ------------------------------------------------------------------------------------------------ cases in a worker

/** A process that runs the cases it is told, one after another: a start of its own for each would be most of their time. */
interface Runner {
  readonly process: mp.Process<never, unknown>;
  readonly wire: mp.Connection<{ error: unknown } | undefined, string>;
}

/** The one that waits for its next case. While it runs one nobody has it, and it comes back only if all was well. */
let runner: Runner | undefined;

function startRunner(area: string, driver: Driver['name']): Runner {
  const [wire, there] = mp.Pipe<{ error: unknown } | undefined, string>();
  const process = new mp.Process({ target: runCases, args: [area, driver, there, location.search], name: 'Case' });
  process.start();
  there.close();
  return { process, wire } as Runner;
}

async function endRunner(): Promise<void> {
  const ended = runner;
  runner = undefined;
  ended?.wire.close();
  await ended?.process.join();
}

async function runInWorker(area: string, title: string, driver: Driver['name']): Promise<void> {
  const own = runner ?? startRunner(area, driver);
  runner = undefined;
  await own.wire.send(title);
  const failure = await own.wire.recv();
  if (failure === undefined) {
    runner = own;
    return;
  }
  own.process.terminate();
  throw failure.error;
}

/**
 * On a page that is not isolated those cases run that can, and nothing blocks. Firefox and WebKit run the async calls of an isolated
 * page in the window alone, unless it is a soak.
 *
 * Of `options`, `drivers` are those that the area has a use for in a worker, all by default; `fresh` are parts of the titles of
 * cases that want a process that has done nothing before, or that end it.
 */
export function contract(
  area: string,
  cases: Cases,
  options: { drivers?: readonly Driver['name'][]; fresh?: readonly string[] } = {},
): void {
  afterEach(expectNoneLeft);
  describe(`${area}, in the window, async`, () => {
    for (const [title, run] of Object.entries(cases)) {
      if (crossOriginIsolated || needOf(run) !== 'memory') it(title, () => run(drivers.async));
    }
  });
  const titles = Object.keys(cases).filter(
    (title) => crossOriginIsolated || needOf(cases[title] as Cases[string]) === undefined,
  );
  // The async calls of a worker are those of the window: where a worker can block too, one engine runs both, and a soak all.
  const isEach = isSoak() || navigator.userAgent.includes('Chrome/');
  const wanted = options.drivers ?? (isEach ? (['async', 'sync'] as const) : (['sync'] as const));
  for (const driver of crossOriginIsolated ? wanted : (['async'] as const)) {
    if (titles.length === 0) continue;
    describe(`${area}, in a worker, ${driver}`, () => {
      afterAll(endRunner);
      for (const title of titles) {
        const isFresh = options.fresh?.some((part) => title.includes(part)) ?? false;
        it(title, async () => {
          if (isFresh) await endRunner();
          await runInWorker(area, title, driver);
          if (isFresh) await endRunner();
        });
      }
    });
  }
}
