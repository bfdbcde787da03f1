// Queues and pipes, through their public methods. What a ring does with each item: ring.ts.

import { withBody } from '../../../src/codec/shared.ts';
import { EndWords, makePipeRing } from '../../../src/data/by_memory/end.ts';
import { JoinableWords } from '../../../src/data/by_memory/joinable_queue.ts';
import { QueueWords } from '../../../src/data/by_memory/queue.ts';
import { JoinableQueue } from '../../../src/data/joinable_queue.ts';
import { Queue } from '../../../src/data/queue.ts';
import { EOFError, OSError, ShutDown } from '../../../src/errors.ts';
import { bequeath, enter, makeHolders } from '../../../src/memory/holders.ts';
import { makeRing, UNLIMITED } from '../../../src/memory/ring/ring.ts';
import type { Waiting } from '../../../src/memory/wait.ts';
import { scenario } from '../machine.ts';
import { demand } from '../model.ts';
import type { Model } from '../world.ts';

/** Two put, one takes, and one waits until all is done. */
function* joinable(): Waiting<Model> {
  const state = { buffer: makeRing(2), maxsize: 2 };
  let put = 0;
  let done = 0;
  const got: number[] = [];
  return {
    processes: {
      *A() {
        const queue = withBody(new JoinableWords(state.buffer), () => new JoinableQueue<number>(state.maxsize));
        queue.putSync(1);
        queue.putSync(2);
        put = 2;
        queue.joinSync();
        demand(done >= 2, `join() returned with ${done} of 2 done`);
      },
      *b() {
        const queue = withBody(new JoinableWords(state.buffer), () => new JoinableQueue<number>(state.maxsize));
        for (let i = 0; i < 2; i++) {
          got.push(queue.getSync());
          done++;
          queue.taskDone();
        }
      },
    },
    *check() {
      demand(put === 2 && got.join() === '1,2', `got ${got}`);
    },
  };
}

/** What was put before a shutdown is got, nothing is accepted after it, and nobody waits on. */
function* shutdown(immediate: boolean): Waiting<Model> {
  const state = { buffer: makeRing(1), maxsize: 1 };
  const put: number[] = [];
  const got: number[] = [];
  const refused = (error: unknown): void => demand(error instanceof ShutDown, `${error}`);
  return {
    processes: {
      *A() {
        const queue = withBody(new QueueWords(state.buffer), () => new Queue<number>(state.maxsize));
        try {
          for (let i = 0; i < 3; i++) {
            queue.putSync(i);
            put.push(i);
          }
        } catch (error) {
          refused(error);
        }
      },
      *b() {
        const queue = withBody(new QueueWords(state.buffer), () => new Queue<number>(state.maxsize));
        try {
          for (;;) got.push(queue.getSync());
        } catch (error) {
          refused(error);
        }
      },
      *C() {
        withBody(new QueueWords(state.buffer), () => new Queue<number>(state.maxsize)).shutdown({ immediate });
      },
    },
    *check() {
      demand(got.join() === (immediate ? got : put).join(), `put ${put} but got ${got}`);
      demand(
        got.every((it, i) => it === i),
        `got ${got}`,
      );
    },
  };
}

const forEver = Number.POSITIVE_INFINITY;

function receive(end: EndWords): Uint8Array {
  const refuse = (): never => demand(false, 'a message of another kind') as never;
  return end.receiveSync({ raw: false, most: forEver, refuse }, forEver, 'recv') as Uint8Array;
}

/** One end sends and is closed, or dies; the other hears of that, after all that was sent. */
function* pipe(answers: boolean): Waiting<Model> {
  const holders = makeHolders();
  const there = makePipeRing();
  const back = makePipeRing();
  // As a parent hands the ends to its children; those of this scenario have the pids from 2 on.
  const slots = new Int32Array(holders);
  const first = enter(slots, 0);
  const second = enter(slots, 1);
  bequeath(slots, first, 2);
  bequeath(slots, second, 3);
  let sent = 0;
  const got: number[] = [];
  return {
    processes: {
      *A() {
        const end = new EndWords({ holders, end: 0, slot: first, input: back, output: there });
        for (let i = 0; i < 2; i++) {
          end.sendSync(new Uint8Array(20).fill(i), false, forEver, 'send');
          sent++;
          if (answers) receive(end);
        }
        end.close();
      },
      *b() {
        const end = new EndWords({ holders, end: 1, slot: second, input: there, output: back });
        try {
          for (;;) {
            const bytes = receive(end);
            demand(bytes.length === 20 && bytes.every((it) => it === bytes[0]), `torn: ${bytes}`);
            got.push(bytes[0] as number);
            if (answers) end.sendSync(new Uint8Array(3), false, forEver, 'send');
          }
        } catch (error) {
          demand(error instanceof EOFError || (answers && error instanceof OSError), `${error}`);
        }
      },
    },
    *check() {
      demand(got.length >= sent, `${sent} were sent, ${got.length} received`);
      demand(
        got.every((it, i) => it === i),
        `received ${got}`,
      );
    },
  };
}

/** One value makes the ring grow, the other is larger than it can be. */
function* unlimited(): Waiting<Model> {
  const state = { buffer: makeRing(UNLIMITED), maxsize: UNLIMITED };
  const got: string[] = [];
  return {
    processes: {
      *A() {
        withBody(new QueueWords(state.buffer), () => new Queue<string>(state.maxsize)).putSync(
          'a value of some thirty characters',
        );
      },
      *b() {
        const queue = withBody(new QueueWords(state.buffer), () => new Queue<string>(state.maxsize));
        got.push(queue.getSync(), queue.getSync());
      },
      *C() {
        withBody(new QueueWords(state.buffer), () => new Queue<string>(state.maxsize)).putSync('x'.repeat(90));
      },
    },
    *check() {
      demand(
        got
          .map((it) => it.length)
          .sort()
          .join() === '33,90',
        `got ${got}`,
      );
    },
  };
}

export const scenarios = [
  scenario({ name: 'queue: a value that grows it, and one in parts', bound: 1, setup: unlimited }),
  scenario({ name: 'joinable queue: join waits for all', bound: 2, setup: joinable }),
  scenario({ name: 'queue: shutdown', bound: 2, setup: () => shutdown(false) }),
  scenario({ name: 'queue: shutdown at once', bound: 2, setup: () => shutdown(true) }),
  scenario({ name: 'pipe: one way, then closed', bound: 2, setup: () => pipe(false) }),
  scenario({ name: 'pipe: there and back', bound: 2, setup: () => pipe(true) }),
  scenario({ name: 'pipe: the sender is killed', bound: 1, victim: 'A', setup: () => pipe(false) }),
  scenario({ name: 'pipe: killed while it answers', bound: 0, victim: 'A', setup: () => pipe(true) }),
];
