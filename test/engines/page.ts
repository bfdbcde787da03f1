// Runs one file of tests in this page, and reports to scripts/engines.mjs, which says which.

import files from 'virtual:test-files';
import { type File, startTests, type Task, type Test, type VitestRunner } from '@vitest/runner';
import { expect } from 'vitest';
import { census } from '../../src/process/page/root.ts';
import type { Failure, Plan, Report } from './report.ts';

// Assertions fail deep inside `expect`.
Object.assign(Error, { stackTraceLimit: 100 });

/** Which browser this is: it says so wherever it asks or tells something. */
const { search } = location;

const report = async (what: Report): Promise<void> => {
  await fetch(`/engines/report${search}`, { method: 'POST', body: JSON.stringify(what) });
};

const fullName = (task: Task): string =>
  'filepath' in task ? task.filepath : `${fullName(task.suite ?? task.file)} > ${task.name}`;

// What the library and the tests say on the console, of each test: it is shown of those that fail.
let said: string[] = [];
const saidIn = new Map<string, string[]>();
const { error: print } = console;
console.error = (...args: unknown[]): void => {
  said.push(args.join(' ').slice(0, 1000));
  print.apply(console, args);
};

// Held open for as long as this page lives: the other side sees it break when the page crashes.
const alive = new EventSource(`/engines/alive${search}`);
await new Promise((resolve) => alive.addEventListener('open', resolve, { once: true }));

const plan: Plan = await (await fetch(`/engines/plan${search}`)).json();

const runner: VitestRunner = {
  config: {
    root: '/',
    name: undefined,
    setupFiles: [],
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
    chaiConfig: undefined,
    maxConcurrency: 1,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  },
  importFile: (path) => files[path]?.(),
  onBeforeTryTask(test) {
    said = saidIn.get(test.id) ?? [];
    saidIn.set(test.id, said);
    return report({ type: 'test', name: fullName(test), timeout: test.timeout });
  },
  extendTaskContext: (context) => Object.assign(context, { expect }),
};

const allTasks = (task: Task): Task[] => [task, ...('tasks' in task ? task.tasks.flatMap(allTasks) : [])];

const failuresOf = (task: Task): Failure[] =>
  (task.result?.errors ?? []).map(({ name, message, stack, diff }) => ({
    test: fullName(task),
    message: [`${name ?? 'Error'}: ${message}`, ...(saidIn.get(task.id) ?? []).slice(-5)].join('\nconsole: '),
    stack: stack ?? '',
    diff: diff ?? '',
  }));

/** What one file came to. An error outside of any test (at import, in `beforeAll`) counts as a failed test. */
function resultOf(file: File): Report {
  const tasks = allTasks(file);
  const tests = tasks.filter((task): task is Test => task.type === 'test');
  return {
    type: 'result',
    tests: tests.map((test) => ({
      name: fullName(test),
      state: test.result?.state ?? 'skip',
      ms: test.result?.duration ?? 0,
    })),
    failures: tasks.flatMap(failuresOf),
    workers: census().launched,
  };
}

const strays: Promise<void>[] = [];

function reportStray(what: string, error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' };
  const failure = { test: '', message: `${what}: ${message}`, stack: stack ?? '', diff: '' };
  strays.push(report({ type: 'stray', failure }));
}
addEventListener('error', (event) => reportStray('Uncaught error', event.error ?? event.message));
addEventListener('unhandledrejection', (event) => reportStray('Unhandled rejection', event.reason));

await report({ type: 'hello', userAgent: navigator.userAgent, isolated: crossOriginIsolated });
const [file] = await startTests([plan.file], runner);
await Promise.all(strays);
await report(resultOf(file as File));
location.reload();
