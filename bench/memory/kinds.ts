// What must not leak: what passes through a queue, and what is made and dropped. A new kind is a new line in `kinds`.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import * as targets from '../targets.ts';

export interface Kind {
  /** How many of it; before that a tenth, until the engine has compiled the code and has its memory. */
  readonly count: number;
  /** Is something made that `keepAll` can keep? */
  readonly makes?: true;
  /** Everything it needs while it runs. */
  open(): Work | Promise<Work>;
}

export interface Work {
  run(count: number): Promise<void>;
  close?(): Promise<void>;
}

/** What is kept on purpose, to prove that it would be noticed. */
let kept: unknown[] | undefined;

export function keepAll(): void {
  kept = [];
}

/** Makes one after another, and drops them. */
function dropped(make: () => unknown, count = 10_000): Kind {
  const run = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const made = make();
      kept?.push(made);
      // The engine collects garbage between tasks.
      if (i % 500 === 499) await new Promise((resolve) => setTimeout(resolve));
    }
  };
  return { count, makes: true, open: () => ({ run }) };
}

function used<Q extends mp.Queue>(queue: Q): Q {
  queue.putNowait(targets.ITEM);
  queue.getNowait();
  return queue;
}

/** Ten million small items from worker to worker. Both stay alive while memory is measured. */
async function workerToWorker(): Promise<Work> {
  const queue = new mp.Queue(1000);
  const commands = [new mp.SimpleQueue<number>(), new mp.SimpleQueue<number>()] as const;
  const reports = new mp.SimpleQueue<number>();
  const processes = [
    new mp.Process({ target: targets.produceOnDemand, args: [queue, commands[0], reports] }),
    new mp.Process({ target: targets.consumeOnDemand, args: [queue, commands[1], reports] }),
  ];
  for (const process of processes) process.start();
  const run = async (count: number): Promise<void> => {
    for (const command of commands) command.put(count);
    for (const _ of commands) await reports.get();
  };
  const close = async (): Promise<void> => {
    await run(0);
    for (const process of processes) await process.join();
  };
  return { run, close };
}

async function workerToWindow(): Promise<Work> {
  const queue = new mp.Queue(1000);
  const command = new mp.SimpleQueue<number>();
  const reports = new mp.SimpleQueue<number>();
  const process = new mp.Process({ target: targets.produceOnDemand, args: [queue, command, reports] });
  process.start();
  const run = async (count: number): Promise<void> => {
    await command.put(count);
    for (let i = 0; i < count; i++) await queue.get();
    await reports.get();
  };
  const close = async (): Promise<void> => {
    await run(0);
    await process.join();
  };
  return { run, close };
}

/** A pipe through which something passed. Dropped without a close: collecting it has to do. */
function usedPipe(): unknown {
  const ends = mp.Pipe();
  void ends[0].send(targets.ITEM);
  void ends[1].recv();
  return ends;
}

export const kinds: Readonly<Record<string, Kind>> = {
  'items, worker to worker': { count: 10_000_000, open: workerToWorker },
  'items, worker to window': { count: 10_000_000, open: workerToWindow },
  Queue: dropped(() => used(new mp.Queue(8))),
  JoinableQueue: dropped(() => used(new mp.JoinableQueue())),
  SimpleQueue: dropped(() => new mp.SimpleQueue()),
  Pipe: dropped(usedPipe),
  Lock: dropped(() => new mp.Lock(), 20_000),
  Condition: dropped(() => new mp.Condition()),
  Barrier: dropped(() => new mp.Barrier(2)),
  Value: dropped(() => new mp.Value('d', 1)),
  Array: dropped(() => new mp.Array('d', 100)),
};
