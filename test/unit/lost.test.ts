// Messages that cannot be read where they arrive: browsers say so by an event, which tells nothing of the message. No engine here
// makes one on request, so the event is made by the tests.
//
// Runs without isolation, too.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { type FromWorker, unseal } from '../../src/process/protocol.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { errorOf } from '../contract/harness.ts';
import '../fixtures/executable.ts';
import * as pipe from '../fixtures/pipe.ts';
import * as tasks from '../fixtures/pool.ts';

afterEach(expectNoneLeft);

const { Worker } = globalThis;
afterEach(() => {
  isUnreadable = false;
  globalThis.Worker = Worker;
});

let isUnreadable = false;

/** Workers whose posts cannot be read in the page, from some moment on. */
class Unread extends Worker {
  override set onmessage(listener: (event: MessageEvent) => void) {
    super.onmessage = (event) =>
      isUnreadable && Array.isArray(event.data)
        ? this.dispatchEvent(new MessageEvent('messageerror'))
        : listener?.call(this, event);
  }
}

it('one that was for a worker of a pool: its call ends, others go on', async () => {
  await using pool = new mp.Pool(1);
  const error = await errorOf(() => pool.apply(tasks.loseMessage));
  expect(error).toBeInstanceOf(mp.WorkerDiedError);
  expect((error as Error).message).toContain('a message was lost');
  expect(await pool.apply(tasks.square, [3])).toBe(9);
});

it('one that was for a process: it ends with exit code 1, and says why', async () => {
  const process = new mp.Process({ target: tasks.loseMessage });
  process.start();
  await process.join();
  expect(process.exitcode).toBe(1);
  expect(String(process.exception)).toContain('a message was lost');
});

it('the result of a process: whoever waits for it hears of it', async () => {
  globalThis.Worker = Unread;
  isUnreadable = true;
  const process = new mp.Process({ target: tasks.blobOf, args: ['a'] });
  process.start();
  await process.join();
  // It may have come to its own end, or not yet, or just then.
  expect(String(await errorOf(() => process.result()))).toMatch(/DataCloneError|a message was lost|WorkerDiedError/);
});

it('what asks for a child, of a parent that is killed: what the child was to have is let go', async () => {
  let lose = (): void => {};
  const isLost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  globalThis.Worker = class extends Worker {
    override set onmessage(listener: (event: MessageEvent) => void) {
      super.onmessage = (event) => {
        if (unseal<FromWorker>(event.data)?.type === 'spawn') lose();
        else listener?.call(this, event);
      };
    }
  };
  const notes = new mp.SimpleQueue();
  const [here, there] = mp.Pipe();
  const parent = new mp.Process({ target: pipe.handToThree, args: [there, notes] });
  parent.start();
  there.close();
  await isLost;
  parent.terminate();
  expect(await errorOf(() => here.recv())).toBeInstanceOf(mp.EOFError);
  await parent.join();
});

it('the answer of a worker of a pool', async () => {
  globalThis.Worker = Unread;
  await using pool = new mp.Pool(1);
  await pool.apply(tasks.square, [2]);
  isUnreadable = true;
  expect(await errorOf(() => pool.apply(tasks.blobOf, ['a']))).toBeInstanceOf(mp.WorkerDiedError);
  globalThis.Worker = Worker;
  expect(await pool.apply(tasks.square, [3])).toBe(9);
});
