// Runs in a child: from the worker's first line to the end of its process.

import { runFinalizers } from '../../base/finalizers.ts';
import { isIsolated } from '../../base/isolation.ts';
import { pid, UNBORN } from '../../base/thread.ts';
import { decodeLate, failureOf, loadModule, modulesArrived } from '../../codec/late.ts';
import { belongTo } from '../../codec/registry.ts';
import { describe, isA } from '../../errors.ts';
import { adoptArena } from '../../memory/arena.ts';
import { acquaint, adopt, allot, type PidRange, table as processes } from '../../memory/processes.ts';
import { enter, makeTable } from '../../memory/table.ts';
import { announceEnd, onBlocked } from '../../memory/wait.ts';
import { SystemExit } from '../exit.ts';
import { sendKept } from '../gathering.ts';
import { load } from '../late_parts.ts';
import { deliver } from '../mailbox.ts';
import { optional } from '../optional.ts';
import { forgetOrigin, setOrigin } from '../origin.ts';
import { contentsOf, makeOutcome, THREW, writeError, writeResult } from '../outcome.ts';
import { bytesOf, movedWith } from '../parcel.ts';
import { type Assignment, type Boot, type FromRoot, lockNamed, type SpawnRequest } from '../protocol.ts';
import { lastWords, reportOf } from '../report.ts';
import { listen, noteEnd, replied, scope, tell } from './uplink.ts';

/** The number of this worker's Web Lock. */
const lock = new Int32Array(2);
/** It holds the lock, and has the modules of the app. */
let isReady = false;
/** Its request for a lock was denied. */
let isDenied = false;
/** What it is to be, then. */
let boot: Boot | undefined;
let request: SpawnRequest | undefined;
let ending = false;

/** Offers this worker to the root. A second call does nothing. */
export function offer(): void {
  if (!listen(receive)) return;
  enlist();
  scope.addEventListener('error', (event: ErrorEvent) => caught(event, thrownIn(event)));
  scope.addEventListener('unhandledrejection', (event: PromiseRejectionEvent) => caught(event, event.reason));
}

/** What was thrown, which may be nothing at all; its text, where the engine has no more. */
const thrownIn = ({ error, message }: ErrorEvent): unknown =>
  /\b(undefined|null)$/.test(message) ? error : (error ?? message);

/** What nobody caught, in a timer or a promise. Before this worker is a process, the root hears of an error by itself. */
function caught(event: globalThis.Event, error: unknown): void {
  if (request !== undefined) void end(error);
  else if (event.type === 'error') return;
  else tell({ type: 'report', text: `in a worker that starts:\n${reportOf(error)}` });
  event.preventDefault();
}

/** What has come of other processes before this one knows any. */
const early: FromRoot[] = [];

export function receive(message: FromRoot): void {
  if ((message.type === 'end' || message.type === 'pids') && request === undefined) {
    early.push(message);
    return;
  }
  switch (message.type) {
    case 'boot':
      if (message.arena !== undefined) adoptArena(message.arena);
      boot = message;
      proceed();
      break;
    case 'parcel':
      deliver(message);
      break;
    case 'pids':
      allot(message.pids);
      break;
    case 'end':
      noteEnd(message);
      break;
    case 'replies':
      replied(message.items);
      break;
    case 'preload':
      optional.rehearse?.();
      // The browser's own import: webpack and Rspack would look for what it may mean, and bundle whole folders. A template,
      // or Vite's dev server adds its client to every process for the sake of this one import.
      for (const url of message.urls)
        (loadModule(url) ?? import(/* @vite-ignore */ /* webpackIgnore: true */ `${url}`)).catch(() => {});
      load(message.lateParts).catch(() => {});
      break;
  }
}

/** What was rehearsed stops here, before it goes on to its end. */
export function forget(): void {
  boot = request = undefined;
  forgetOrigin();
  adopt(undefined, UNBORN);
}

/**
 * Asks for the lock by which the root sees this worker's death: it is held until the worker can run no more. Meanwhile the modules of
 * the app arrive.
 */
function enlist(): void {
  // Outside secure contexts there are no locks, and where the page may store nothing they are denied. By message a process works without:
  // the page then misses ends that nobody announces. Whether it is by message the boot message tells: a worker may be of another origin.
  if (navigator.locks === undefined) {
    void modulesArrived().then(() => arrive(undefined));
    return;
  }
  const name = lockNamed(crypto.getRandomValues(lock));
  const holding = navigator.locks.request(name, async () => {
    await modulesArrived();
    arrive(name);
    return new Promise(() => {});
  });
  holding.catch(async (error: unknown) => {
    await modulesArrived();
    isDenied = true;
    tell({ type: 'denied', reason: describe(error) });
    proceed();
  });
}

function arrive(name: string | undefined): void {
  isReady = true;
  tell({ type: 'ready', lock: name });
  proceed();
}

/** Runs what there is to run. */
function proceed(): void {
  if (boot !== undefined && (isReady || (isDenied && boot.table === undefined))) void run(boot);
}

async function run({ request: work, table, pids }: Boot): Promise<void> {
  adopt(table === undefined ? makeTable() : new Int32Array(table), work.pid);
  if (pids !== undefined) introduce(work, pids);
  // Who condemned it knows that it has ended: nothing of it has run.
  else if (!enter(processes(), work.pid, lock)) {
    leave(1);
    return;
  }
  request = { ...work, outcome: work.outcome ?? makeOutcome() };
  for (const message of early.splice(0)) receive(message);
  onBlocked((at) => tell({ type: 'blocked', at }));
  belongTo(work.executable);
  if (work.logging !== undefined) optional.logger?.inherit(work.logging);
  let result: unknown;
  try {
    if (work.lateParts.length > 0) await load(work.lateParts).catch(lack);
    const assignment = (await decodeLate(bytesOf(work.work), work.work.attachments)) as Assignment;
    setOrigin(work, assignment);
    optional.logger?.info('child process calling self.run()');
    result = await perform(assignment);
  } catch (error) {
    await end(error);
    return;
  }
  await end(undefined, { result });
}

/** Its server may have other files by now. */
function lack(error: unknown): never {
  throw failureOf('a part of the library', error);
}

/** Where threads share no memory: whom it knows at first, in a table of its own. */
function introduce({ pid, parent }: SpawnRequest, pids: PidRange): void {
  acquaint(parent);
  acquaint(pid, parent);
  allot(pids);
}

/** What the `run()` of an instance does, or of a process whose class says nothing else. */
const perform = ({ process, target, args, kwargs }: Assignment): unknown =>
  process !== undefined ? process.run() : target?.(...args, ...(kwargs === undefined ? [] : [kwargs]));

/**
 * The end of a process that ends by itself, with a result or by an error, in Python's order: `onExit` callbacks; daemonic
 * children are terminated, the others waited for; queues hand over what they still hold. Whatever fails on the way, it ends.
 */
async function end(error: unknown, success?: { result: unknown }): Promise<void> {
  if (ending || request === undefined) return;
  ending = true;
  const { outcome, parent } = request as SpawnRequest & { outcome: SharedArrayBuffer };
  const exit = isA(error, SystemExit) ? error : undefined;
  const exitcode = success !== undefined ? 0 : (exit?.exitcode ?? 1);
  try {
    if (success === undefined) reportEnd(error);
    optional.logger?.info('process shutting down');
    await runFinalizers(0, reportLate);
    await optional.endChildren?.();
    await runFinalizers(Number.NEGATIVE_INFINITY, reportLate);
    if (success !== undefined || exitcode === 0) {
      writeResult(outcome, success?.result, (parcel) =>
        tell({ type: 'parcel', from: pid, to: parent, parcel }, movedWith(parcel)),
      );
    } else if (exit === undefined) writeError(outcome, THREW, error);
    optional.logger?.info('process exiting with exitcode', exitcode);
  } finally {
    leave(exitcode);
  }
}

/**
 * `self.close()` where all goes by message: what this thread has not sent would be lost with it, and in some engines what it sent just
 * before. So it says that it ends, and the page ends it.
 */
export function closeSelf(): void {
  ending = true;
  leave(1);
}

function leave(exitcode: number): void {
  sendKept();
  announceEnd(pid, exitcode);
  const outcome = isIsolated || request?.outcome === undefined ? undefined : contentsOf(request.outcome);
  tell({ type: 'ended', pid, exitcode, outcome });
  // With it go messages that have not left yet, in some engines: where there is more to tell than that, the page ends this worker.
  if (isIsolated) scope.close();
}

function reportEnd(error: unknown): void {
  const text = lastWords((request as SpawnRequest).name, pid, error);
  if (text !== undefined) tell({ type: 'report', text });
}

const reportLate = (error: unknown): void =>
  tell({
    type: 'report',
    text: `${request?.name} (pid ${pid}) had an error in an onExit callback:\n${reportOf(error)}`,
  });
