// What compiles, and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

declare const signal: AbortSignal;

interface Task {
  readonly id: number;
}

// The type of the items is that of the queue; without one it is unknown.
const queue = new mp.Queue<Task>(10);
const tasks = new mp.JoinableQueue<Task>();
const simple = new mp.SimpleQueue<Task>();
same<Awaited<ReturnType<typeof queue.get>>, Task>(true);
same<ReturnType<typeof tasks.getSync>, Task>(true);
same<ReturnType<typeof tasks.getNowait>, Task>(true);
same<Awaited<ReturnType<typeof simple.get>>, Task>(true);
same<ReturnType<mp.Queue['getNowait']>, unknown>(true);

async function items(): Promise<void> {
  for await (const task of queue) same<typeof task, Task>(true);
  for await (const task of tasks) same<typeof task, Task>(true);
  const any: AsyncIterable<Task> = queue;
  void any;
  // @ts-expect-error: a SimpleQueue has no end, so there is no loop over it
  for await (const task of simple) void task;
}
void items;

void queue.put({ id: 1 }, { block: false });
void queue.put({ id: 1 }, { timeout: null, signal });
void queue.get({ timeout: 500, signal });
queue.putSync({ id: 1 }, { timeout: 5 });
queue.shutdown();
queue.shutdown({ immediate: true });
void tasks.join({ timeout: 100, signal });
tasks.joinSync({ timeout: 100 });
same<ReturnType<typeof tasks.taskDone>, void>(true);
same<ReturnType<typeof tasks.join>, Promise<void>>(true);

// A JoinableQueue goes where a Queue goes, and to processes with the type of its items.
const asQueue: mp.Queue<Task> = tasks;
void asQueue;
declare function work(queue: mp.JoinableQueue<Task>): void;
declare function fill(queue: mp.Queue<Task>): void;
new mp.Process({ target: work, args: [tasks] });
new mp.Process({ target: fill, args: [tasks] });
new (mp.getContext('spawn').JoinableQueue)<Task>(3);

// @ts-expect-error: not an item of this queue
void queue.put('text');
// @ts-expect-error: a timeout is never positional
void queue.get(500);
// @ts-expect-error: what blocks cannot be aborted
queue.getSync({ signal });
// @ts-expect-error: options are an object
queue.shutdown(true);
// @ts-expect-error: a Queue does not count what is done
queue.taskDone();
// @ts-expect-error: a Queue is not joined
void queue.join();
// @ts-expect-error: a Queue is not a JoinableQueue
new mp.Process({ target: work, args: [queue] });
// @ts-expect-error: a queue of something else
new mp.Process({ target: fill, args: [new mp.Queue<string>()] });
// @ts-expect-error: a SimpleQueue has neither limit nor shutdown
simple.shutdown();
// @ts-expect-error: maxsize is a number
new mp.Queue('3');
