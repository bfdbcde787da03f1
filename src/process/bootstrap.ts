// Runs in a child: from the worker's first breath to its end as a process.

import { encode } from '../codec/encode.ts';
import { anyTarget, belongTo, modulesArrived } from '../codec/registry.ts';
import type { Carrier } from '../codec/shared.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { describe, isA } from '../errors.ts';
import { adoptArena } from '../memory/arena.ts';
import { runFinalizers } from '../memory/finalizers.ts';
import { add, enter, MAIN, makeTable, UNBORN } from '../memory/table.ts';
import { adopt, pid } from '../memory/thread.ts';
import { announceEnd, onBlocked } from '../memory/wait.ts';
import { Lock } from '../sync/lock.ts';
import { isExpected, SystemExit } from './exit.ts';
import { bind, handleOf, livingChildren } from './handle.ts';
import { getLogger, inheritLogging } from './logger.ts';
import { deliver } from './mailbox.ts';
import { makeOutcome, THREW, writeError, writeResult } from './outcome.ts';
import { movedWith, pack, unpack } from './parcel.ts';
import { load } from './parts.ts';
import { become, Process, type Self, selfHere } from './process.ts';
import { type Assignment, type Boot, type FromRoot, lockNamed, type SpawnRequest } from './protocol.ts';
import { reportOf } from './thrown.ts';
import { listen, scope, serving, tell } from './uplink.ts';

/** The number of this worker's Web Lock, and whether it holds it. */
const lock = new Int32Array(2);
let held = false;
/** What it is to be, once it holds its lock. */
let boot: Boot | undefined;
let request: SpawnRequest | undefined;
let ending = false;

/** Offers this worker to the root. A second call does nothing. */
export function serve(): void {
  if (serving) return;
  void modulesArrived().then(enlist);
  listen(receive);
  scope.addEventListener('error', (event: ErrorEvent) => caught(event, event.error ?? event.message));
  scope.addEventListener('unhandledrejection', (event: PromiseRejectionEvent) => caught(event, event.reason));
}

/** What nobody caught, in a timer or a promise. Before this worker is a process, the root hears of an error by itself. */
function caught(event: globalThis.Event, error: unknown): void {
  if (request !== undefined) void end(error);
  else if (event.type === 'error') return;
  else tell({ type: 'report', text: `in a worker that starts:\n${reportOf(error)}` });
  event.preventDefault();
}

function receive(message: FromRoot): void {
  switch (message.type) {
    case 'boot':
      if (message.arena !== undefined) adoptArena(message.arena);
      boot = message;
      proceed();
      break;
    case 'parcel':
      deliver(message);
      break;
    case 'preload':
      rehearse();
      // The browser's own import: webpack and Rspack would look for what it may mean, and bundle whole folders. A template,
      // or Vite's dev server adds its client to every process for the sake of this one import.
      for (const url of message.urls)
        void import(/* @vite-ignore */ /* webpackIgnore: true */ `${url}`).catch(() => {});
      load(message.parts).catch(() => {});
      break;
  }
}

/** After one round the engine has compiled it, after some more it has optimised it: that too would take its time later. */
const ROUNDS = 10;

/**
 * A worker in reserve does some times what every process does first, in a table of its own: most of the time of a warm
 * start was code that runs for the first time.
 */
function rehearse(): void {
  try {
    const scratch = makeTable();
    const queue = new SimpleQueue();
    const args = [queue, anyTarget(), 'text', 1, null, { a: [1.5] }];
    const part = {
      name: '',
      identity: [],
      daemon: false,
      parent: MAIN,
      parentName: '',
      executable: 0,
      parts: [],
      outcome: makeOutcome(),
    };
    for (let i = 0; i < ROUNDS; i++) {
      const carrier: Carrier = { attachments: [], transfer: [], heirs: [] };
      const work = pack(
        encode({ process: undefined, target: undefined, args, kwargs: undefined }, '', carrier),
        carrier,
      );
      const request = { ...part, pid: add(scratch, MAIN), work } as unknown as SpawnRequest;
      receive({ type: 'boot', request, table: scratch.buffer as SharedArrayBuffer, arena: undefined });
      void queue.get();
      (handleOf(selfHere().process).args[0] as SimpleQueue).putSync(args.slice(2));
      new Lock().withSync(() => {});
      writeResult(part.outcome, undefined, () => {});
    }
  } catch {
    // Where memory is short: this worker may still do.
  }
  // What was rehearsed stops here, before it goes on to its end.
  boot = request = undefined;
  become(undefined);
  adopt(undefined, UNBORN);
}

/** Asks for the lock by which the root sees this worker's death: it is held until the worker can run no more. */
function enlist(): void {
  const name = lockNamed(crypto.getRandomValues(lock));
  const holding = navigator.locks.request(name, () => {
    held = true;
    tell({ type: 'ready', lock: name });
    proceed();
    return new Promise(() => {});
  });
  holding.catch((error: unknown) => tell({ type: 'denied', reason: describe(error) }));
}

/** Runs what there is to run, once it holds its lock. */
function proceed(): void {
  if (held && boot !== undefined) void run(boot);
}

async function run({ request: work, table }: Boot): Promise<void> {
  const words = new Int32Array(table);
  adopt(words, work.pid);
  // Who condemned it knows that it has ended: nothing of it has run.
  if (!enter(words, work.pid, lock)) {
    leave(1);
    return;
  }
  request = work;
  onBlocked((at) => tell({ type: 'blocked', at }));
  belongTo(work.executable);
  if (work.logging !== undefined) inheritLogging(work.logging);
  const logger = getLogger();
  let result: unknown;
  try {
    if (work.parts.length > 0) await load(work.parts);
    const itself = introduce(work, unpack(work.work) as Assignment);
    become(itself);
    logger.info('child process calling self.run()');
    result = await itself.process.run();
  } catch (error) {
    await end(error);
    return;
  }
  await end(undefined, { result });
}

/** Makes the objects by which a process knows itself and its parent. */
function introduce(work: SpawnRequest, { process, target, args, kwargs }: Assignment): Self {
  const { name, identity, daemon, authkey, pid, method } = work;
  const itself = (process ?? Object.create(Process.prototype)) as Process;
  bind(itself, { name, daemon, identity, pid, target, args, kwargs }, authkey);
  const parent: Process = Object.create(Process.prototype);
  bind(parent, { name: work.parentName, daemon: false, identity: identity.slice(0, -1), pid: work.parent }, authkey);
  return { process: itself, parent, method };
}

/**
 * The end of a process that ends by itself, with a result or by an error, in Python's order: `onExit` callbacks; daemonic
 * children are terminated, the others waited for; queues hand over what they still hold. Whatever fails on the way, it ends.
 */
async function end(error: unknown, success?: { result: unknown }): Promise<void> {
  if (ending || request === undefined) return;
  ending = true;
  const { outcome, parent } = request;
  const exit = isA(error, SystemExit) ? error : undefined;
  const exitcode = success !== undefined ? 0 : (exit?.exitcode ?? 1);
  try {
    if (success === undefined) reportEnd(error);
    getLogger().info('process shutting down');
    await runFinalizers(0, reportLate);
    const children = livingChildren() as Process[];
    for (const child of children) if (child.daemon) child.terminate();
    for (const child of children) await child.join();
    await runFinalizers(Number.NEGATIVE_INFINITY, reportLate);
    if (success !== undefined || exitcode === 0) {
      writeResult(outcome, success?.result, (parcel) =>
        tell({ type: 'parcel', from: pid, to: parent, parcel }, movedWith(parcel)),
      );
    } else if (exit === undefined) writeError(outcome, THREW, error);
    getLogger().info('process exiting with exitcode', exitcode);
  } finally {
    leave(exitcode);
  }
}

function leave(exitcode: number): void {
  announceEnd(pid, exitcode);
  tell({ type: 'ended', pid });
  scope.close();
}

function reportEnd(error: unknown): void {
  if (isExpected(error)) return;
  if (!isA(error, SystemExit)) report('ended by an uncaught error', error);
  else if (error.message !== '') report('ended by exit()', error.message);
}

const reportLate = (error: unknown): void => report('had an error in an onExit callback', error);

function report(what: string, error: unknown): void {
  const name = request?.name;
  tell({ type: 'report', text: `${name} (pid ${pid}) ${what}:\n${reportOf(error)}` });
}
