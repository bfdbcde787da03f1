// Runs in a child: from the worker's first breath to its end as a process.

import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { targetOf } from '../codec/registry.ts';
import { type Carrier, sharedKindOf } from '../codec/shared.ts';
import { Queue, SimpleQueue } from '../data/queue.ts';
import { InvalidStateError } from '../errors.ts';
import { runFinalizers } from '../memory/finalizers.ts';
import { enter } from '../memory/table.ts';
import { adopt, pid } from '../memory/thread.ts';
import { announceEnd } from '../memory/wait.ts';
import { Lock } from '../sync/lock.ts';
import { SystemExit } from './exit.ts';
import { bind, livingChildren } from './handle.ts';
import { deliver } from './mailbox.ts';
import { describe, makeOutcome, THREW, writeError, writeResult } from './outcome.ts';
import { become, Process, type Self } from './process.ts';
import { type Assignment, type FromRoot, movedWith, type SpawnRequest } from './protocol.ts';
import { listen, scope, tell } from './uplink.ts';

/**
 * What a process may be given. It must know these classes also where its own code names them only as types, which a
 * bundler leaves out: so they are asked for here.
 */
const inheritable = [Lock, Queue, SimpleQueue];

/** When this worker holds its lock. */
let enlisted: Promise<void>;
let serving = false;
let request: SpawnRequest | undefined;
let ending = false;

/** Offers this worker to the root. A second call does nothing. */
export function serve(): void {
  if (serving) return;
  serving = true;
  for (const { name, prototype } of inheritable) {
    if (sharedKindOf(prototype) === undefined) throw new InvalidStateError(`${name} cannot be inherited`);
  }
  listen(receive);
  scope.addEventListener('error', (event: ErrorEvent) => caught(event, event.error ?? event.message));
  scope.addEventListener('unhandledrejection', (event: PromiseRejectionEvent) => caught(event, event.reason));
}

/** What nobody caught, in a timer or a promise. Before this worker is a process, the root hears of it by itself. */
function caught(event: Event, error: unknown): void {
  if (request === undefined) return;
  event.preventDefault();
  void end(error);
}

function receive(message: FromRoot): void {
  switch (message.type) {
    case 'enlist':
      enlisted = enlist(message.lock);
      break;
    case 'boot':
      void enlisted.then(() => run(message.request, message.table));
      break;
    case 'result':
      deliver(message.pid, message.parcel);
      break;
    case 'preload':
      rehearse();
      // A template, or Vite's dev server adds its client to every process for the sake of this one import.
      for (const url of message.urls) void import(/* @vite-ignore */ `${url}`).catch(() => {});
      break;
  }
}

/**
 * A worker in reserve does once what every process does first, so that the engine has compiled it when it matters: more
 * than half of the time of a warm start.
 */
function rehearse(): void {
  targetOf('');
  const carrier: Carrier = { attachments: [], transfer: [], inherits: true };
  const queue = new SimpleQueue();
  const args = [queue, 'text', 1, null, { a: [1.5] }];
  const bytes = encode({ process: undefined, target: undefined, args, kwargs: undefined }, '', carrier).slice();
  const assignment = decode(bytes, carrier.attachments) as Assignment;
  const request = { name: '', identity: [], daemon: false, pid: 0, parent: 0, parentName: '' };
  introduce(request as unknown as SpawnRequest, assignment).process.run();
  const [same] = assignment.args as [SimpleQueue];
  same.putSync(args.slice(1));
  queue.getSync();
  new Lock().withSync(() => {});
  writeResult(makeOutcome(), undefined, () => {});
}

/** Takes the lock by which the root sees this worker's death: it is held until the worker can run no more. */
function enlist(lock: string): Promise<void> {
  return new Promise((held) => {
    void navigator.locks.request(lock, () => {
      tell({ type: 'ready' });
      held();
      return new Promise(() => {});
    });
  });
}

async function run(work: SpawnRequest, table: SharedArrayBuffer): Promise<void> {
  request = work;
  adopt(new Int32Array(table), work.pid);
  if (!enter(new Int32Array(table), work.pid)) return;
  let result: unknown;
  try {
    const itself = introduce(work, decode(work.work.bytes, work.work.attachments) as Assignment);
    become(itself);
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
  bind(itself, { name, daemon, authkey, identity, pid, target, args, kwargs });
  const parent: Process = Object.create(Process.prototype);
  bind(parent, { name: work.parentName, daemon: false, authkey, identity: identity.slice(0, -1), pid: work.parent });
  return { process: itself, parent, method };
}

/**
 * The end of a process that ends by itself, with a result or by an error, in Python's order: `onExit` callbacks; daemonic
 * children are terminated, the others waited for; queues hand over what they still hold.
 */
async function end(error: unknown, success?: { result: unknown }): Promise<void> {
  if (ending || request === undefined) return;
  ending = true;
  const { outcome, parent } = request;
  const exitcode = success !== undefined ? 0 : error instanceof SystemExit ? error.exitcode : 1;
  if (success === undefined) reportEnd(error);
  await runFinalizers(0, reportLate);
  const children = livingChildren() as Process[];
  for (const child of children) if (child.daemon) child.terminate();
  for (const child of children) await child.join();
  await runFinalizers(Number.NEGATIVE_INFINITY, reportLate);
  if (success !== undefined || (error instanceof SystemExit && exitcode === 0)) {
    writeResult(outcome, success?.result, (parcel) => tell({ type: 'result', pid, parent, parcel }, movedWith(parcel)));
  } else if (!(error instanceof SystemExit)) writeError(outcome, THREW, error);
  announceEnd(pid, exitcode);
  tell({ type: 'ended', pid });
  scope.close();
}

function reportEnd(error: unknown): void {
  if (!(error instanceof SystemExit)) report('ended by an uncaught error', error);
  else if (error.message !== '') report('ended by exit()', error.message);
}

const reportLate = (error: unknown): void => report('had an error in an onExit callback', error);

function report(what: string, error: unknown): void {
  const name = request?.name;
  tell({ type: 'report', text: `${name} (pid ${pid}) ${what}:\n${textOf(error)}` });
}

/** Type, message and stack; in some engines the stack has all of them. */
function textOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return describe(error);
  const head = `${error.name}: ${error.message}`;
  const stack = error.stack ?? '';
  return stack.startsWith(head) || stack.includes(error.message) ? stack : `${head}\n${stack}`;
}
