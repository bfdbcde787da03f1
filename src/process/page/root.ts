// Runs in the root, the thread that first loaded the library: makes every worker, also those that other processes ask for,
// and sees every death.
//
// A worker's life here:   launched -> ready -> (ended | terminated) -> its lock is free
//
// Launched: its script loads; an `error` event now means that it failed. It asks for a Web Lock of its own, which only its
// death frees. Ready: it holds the lock, and the root queues for it: being granted it is how the root hears of a death that
// nobody announced. Nothing of a process runs before it holds its lock (a thread that computes gets none: its request
// needs its event loop), so a process that is terminated before that has ended at once, and one that is terminated later
// can be waited for. A spare is a worker that has no process to be.

import { RELOAD } from '../../base/gone.ts';
import { isIsolated } from '../../base/isolation.ts';
import { observer } from '../../base/observer.ts';
import { outside } from '../../base/outside.ts';
import { onGone } from '../../base/realm.ts';
import { MAIN } from '../../base/thread.ts';
import { executableOf } from '../../codec/registry.ts';
import { describe, ProcessError } from '../../errors.ts';
import { arena, reclaimNow } from '../../memory/arena.ts';
import { hasEnded, isLeaving, table } from '../../memory/processes.ts';
import { onChanges } from '../../memory/sleep.ts';
import { CHANGES, childrenOf, condemn, lockOf, STARTING, stateOf, TERMINATING } from '../../memory/table.ts';
import { announceChange, announceEnd, wake, wakeAfter } from '../../memory/wait.ts';
import { flushGathered } from '../gathering.ts';
import { terminate as condemnAndEnd, type Kernel, preloads, refuse, renewAll, setKernel } from '../kernel.ts';
import { arrival, partsHere } from '../late_parts.ts';
import { deliver } from '../mailbox.ts';
import { makeOutcome, THREW, writeError } from '../outcome.ts';
import { movedWith, NOTHING } from '../parcel.ts';
import {
  type Boot,
  type FromRoot,
  type FromWorker,
  lockNamed,
  type Post,
  REQUEST,
  type Request,
  type SpawnRequest,
  seal,
  unseal,
} from '../protocol.ts';
import { print } from '../thrown.ts';
import { latestExecutable, makeWorker, noteExecutable, scriptOf, type WorkerFactory } from './executables.ts';
import { refillWhenIdle, takeSpare } from './spares.ts';
import { type PageWorker, processes, spares, workers } from './workers.ts';

/**
 * A worker of which nothing was heard counts as failed after so many looks, so many milliseconds apart: a script may take
 * minutes to arrive, and nothing tells that from one that never calls the library. What fails is heard of at once. One timer for
 * all of it would be over when a machine wakes from sleep, before the worker could do anything.
 */
export const patience = { looks: 20, lookEvery: 15_000 };

/** What the root does besides for processes that share no memory with it. */
export interface Apart {
  /** A process is to be started. */
  noteStart(request: SpawnRequest, sender: typeof sendTo): void;
  /** What it gets to be that process. */
  bootOf(request: SpawnRequest): Boot;
  /** Its worker is ready. */
  admit(pid: number): void;
  /** It says that it ends. */
  noteEnd(request: SpawnRequest, message: Extract<FromWorker, { type: 'ended' }>): void;
  /** That process is to hear of the end of the other. */
  follow(follower: number, pid: number): void;
  /** Does what a process asks of the page's shared objects. */
  serve(pid: number, requests: readonly Request[]): void;
  /** Sends a process what it has not heard of that. */
  flush(pid: number): void;
}

/** There once what works by message is loaded; nothing runs in such a process before. */
let apart: Apart | undefined;

export function setApart(its: Apart): void {
  apart = its;
}

let launched = 0;

/**
 * From now on new workers are made so; those that wait in reserve with older code are let go. Returns which executable it is
 * (executables.ts).
 */
export function addExecutable(factory: WorkerFactory, address: string | undefined, knows: boolean): number {
  // A server can import an app and its executable, and start nothing.
  if (!('Worker' in globalThis)) return 0;
  // Before anything can wait for a process: it is to see that this has ended.
  if (latestExecutable() < 0) onGone(endAll);
  setKernel(root);
  const { index, isNews } = noteExecutable({ factory, address }, knows);
  if (!isNews) return index;
  for (const spare of spares()) discard(spare);
  if (!knows) renewAll();
  return index;
}

/** The document goes, and the engine ends all workers, as terminate() does: nobody would be told. */
function endAll(): void {
  for (const pid of processes.keys()) announceEnd(pid, -15);
}

const root: Kernel = {
  spawn,
  forward,
  terminate,
  warmUp,
  preload,
  follow: () => {},
  executableFor: (name) => (name === undefined ? latestExecutable() : executableOf(name)),
};

// ------------------------------------------------------------------------------------------------ making workers

function launch(request: SpawnRequest | undefined, executable: number): PageWorker {
  const worker: PageWorker = {
    thread: makeWorker(executable, request?.name),
    overdue: undefined,
    ready: false,
    watched: false,
    executable,
    request,
    blocked: undefined,
    silence: undefined,
  };
  const look = (left: number): void => {
    if (left > 0) worker.overdue = setTimeout(look, patience.lookEvery, left - 1);
    else {
      failToStart(
        worker,
        'nothing was heard of it for minutes: its script has not arrived yet, or it never called setExecutable(), ' +
          `serve() or freezeSupport() of this library. ${CHECK}`,
      );
    }
  };
  look(patience.looks);
  const { thread } = worker;
  thread.onmessage = (event) => {
    const message = unseal<FromWorker>(event.data);
    if (message !== undefined) receive(worker, message);
  };
  // Not a property of Chromium's workers.
  thread.addEventListener('messageerror', () => endForLostMessage(worker));
  thread.onerror = (event) => {
    if (worker.ready) return;
    event.preventDefault();
    const reason = event.message
      ? `its modules threw while they were loaded: ${event.message}${place(event)}`
      : `its script could not be loaded. ${RELOAD}`;
    failToStart(worker, `${reason}. ${CHECK}`);
  };
  workers.add(worker);
  if (launched++ === 0) onChanges(wakeBlocked);
  return worker;
}

const place = ({ filename, lineno }: ErrorEvent): string => (filename ? ` (${filename}:${lineno})` : '');

/** What to look at where a script could not be loaded, or not be evaluated. */
const CHECK =
  'Check that its URL answers with JavaScript (not with a 404 or an HTML page), that all modules it imports load in ' +
  'a worker, that it has the header "Cross-Origin-Embedder-Policy: require-corp" (not needed where the page has ' +
  '"Document-Isolation-Policy"), and that the ' +
  "page's Content-Security-Policy allows it (worker-src)";

const denied = (reason: string): string =>
  `the browser denies Web Locks to this page (${reason}), as it does where a page may store nothing: in a sandboxed frame, or ` +
  'where site data is blocked. Processes need them. Allow the page to store data';

/** It cannot become a process. */
function failToStart(worker: PageWorker, reason: string): void {
  const { request } = worker;
  const error = new ProcessError(`the worker ${scriptOf(worker.executable)} could not be started: ${reason}`);
  discard(worker);
  if (request === undefined) say(describe(error));
  else noteNotStarted(request, error);
}

/** What was said last. */
let said = '';

/** Prints a text, unless it was the last one: where one worker of a pool fails to load, the others fail with the same text. */
function say(text: string, whose = ''): void {
  if (text !== said) print(whose + text);
  said = text;
}

/** A process that did not come to its own end ends with code 1. */
function noteNotStarted({ outcome, pid, name }: SpawnRequest, error: unknown): void {
  if (outcome !== undefined) writeError(outcome, THREW, error);
  if (announceEnd(pid, 1)) say(describe(error), `${name} (pid ${pid}) did not start: `);
}

/** A message to it, or of it, could not be read. Somebody may count on that, and would wait for ever: the process ends. */
function endForLostMessage(
  worker: PageWorker,
  error = new ProcessError('a message was lost: the browser could not make again what is in it'),
): void {
  if (!workers.has(worker)) return;
  const { request } = worker;
  if (request === undefined) return discard(worker);
  const { pid, parent, outcome, name } = request;
  // It may have been the result.
  forward({ type: 'parcel', from: pid, to: parent, parcel: NOTHING });
  const was = condemn(table(), pid, 1);
  if (was === undefined) return;
  if (outcome !== undefined) writeError(outcome, THREW, error);
  print(`${name} (pid ${pid}) was ended: ${describe(error)}`);
  // It will never enter, so nothing of it has run, or will.
  if (was === STARTING) announceEnd(pid, 1);
  else announceChange();
  terminate(pid);
}

/** Ends the worker and forgets it. */
function discard(worker: PageWorker): void {
  clearTimeout(worker.overdue);
  clearTimeout(worker.silence);
  worker.thread.onmessage = null;
  worker.thread.onerror = null;
  worker.thread.terminate();
  workers.delete(worker);
  if (worker.request === undefined) return;
  const { pid } = worker.request;
  processes.delete(pid);
  observer?.onEnd(pid);
  // Children that it did not come to ask for will never run; somebody may count on what they were given.
  for (const child of childrenOf(table(), pid)) if (!processes.has(child)) announceEnd(child, 1);
  // Its message that it condemned somebody may be lost with it.
  for (const other of processes.keys()) if (stateOf(table(), other) === TERMINATING) terminate(other);
  reclaimNow();
}

// ------------------------------------------------------------------------------------------------ processes

/** Starts a process; a failure to do so is a failure of the process. */
function spawn(request: SpawnRequest): void {
  observer?.onBirth(request);
  apart?.noteStart(request, sendTo);
  try {
    const spare = request.method === 'forkserver' ? takeSpare(request.executable, launchSpare) : undefined;
    const worker = spare ?? outside(() => launch(request, request.executable));
    worker.request = request;
    processes.set(request.pid, worker);
    if (isIsolated || apart !== undefined) boot(worker, request);
    else bootLater(worker, request);
  } catch (error) {
    noteNotStarted(request, error);
  }
}

/** Once what works by message is here. Its worker loads meanwhile. */
function bootLater(worker: PageWorker, request: SpawnRequest): void {
  arrival?.then(
    () => {
      // It may have ended meanwhile.
      if (!workers.has(worker)) return;
      apart?.noteStart(request, sendTo);
      boot(worker, request);
    },
    (error: unknown) => {
      if (!workers.has(worker)) return;
      discard(worker);
      noteNotStarted(request, error);
    },
  );
}

function boot(worker: PageWorker, request: SpawnRequest): void {
  try {
    send(worker, apart === undefined ? sharedBoot(request) : apart.bootOf(request), movedWith(request.work));
    if (worker.ready) apart?.admit(request.pid);
  } catch (error) {
    // What the browser refuses to clone or to move is known only now.
    discard(worker);
    noteNotStarted(request, error);
  }
}

const sharedBoot = (request: SpawnRequest): Boot => ({
  type: 'boot',
  request,
  table: table().buffer as SharedArrayBuffer,
  arena: arena(),
  pids: undefined,
});

function send(worker: PageWorker, message: FromRoot, transfer: readonly Transferable[] = []): void {
  // What a process is told comes in the order in which it happened.
  flushGathered();
  if (message.type !== 'replies' && worker.request !== undefined) apart?.flush(worker.request.pid);
  worker.thread.postMessage(seal(message), transfer as Transferable[]);
}

/** Ends the worker of a process that is condemned in the table. It has ended when its lock is free: it may be at work. */
function terminate(pid: number): void {
  const worker = processes.get(pid);
  if (worker === undefined) return;
  // Of a worker that is not watched nobody would hear that it is gone.
  if (hasEnded(pid) || (!isIsolated && !worker.watched)) {
    announceEnd(pid, 1);
    discard(worker);
    wakeAfter(pid);
    return;
  }
  // It announces its end itself, if it can: quicker than the engine ends a thread that blocks.
  rouse(worker);
  worker.thread.terminate();
  // Its message that says which lock it holds may still be on its way, and is lost now.
  if (isIsolated) queueForLock(worker, lockNamed(lockOf(table(), pid)));
}

/** Who is blocked hears of no change by itself. */
function wakeBlocked(): void {
  for (const worker of processes.values()) rouse(worker);
}

function rouse({ blocked }: PageWorker): void {
  if (blocked !== undefined) wake(blocked.words, blocked.index);
}

/** Queues for the worker's lock. */
function queueForLock(worker: PageWorker, lock: string): void {
  if (worker.watched) return;
  worker.watched = true;
  navigator.locks
    .request(lock, () => lockIsFree(worker))
    .catch((error: unknown) => failToStart(worker, denied(describe(error))));
}

const sendTo = (pid: number, message: FromRoot, transfer?: readonly Transferable[]): void => {
  const worker = processes.get(pid);
  if (worker !== undefined) send(worker, message, transfer);
};

/** Hands a message on to the process that it is for. */
function forward(post: Post): void {
  if (post.to === MAIN) deliver(post);
  else {
    const worker = processes.get(post.to);
    if (worker !== undefined) send(worker, post, movedWith(post.parcel));
    else if (post.claim === REQUEST) refuse(post);
  }
}

function receive(worker: PageWorker, message: FromWorker): void {
  // What a condemned process says counts no more. (Where threads share memory, it has seen that itself.)
  if (!isIsolated && worker.request !== undefined && isLeaving(worker.request.pid)) return;
  if (worker.silence !== undefined) awaitSilence(worker);
  switch (message.type) {
    case 'ready':
      welcome(worker, message.lock);
      break;
    case 'denied':
      if (isIsolated) failToStart(worker, denied(message.reason));
      else welcome(worker, undefined);
      break;
    case 'spawn':
      spawn({
        ...message.request,
        executable: worker.executable,
        outcome: message.request.outcome ?? makeOutcome(),
      });
      break;
    case 'terminate':
      if (isIsolated) terminate(message.pid);
      else condemnAndEnd(message.pid, message.exitcode);
      break;
    case 'follow':
      if (worker.request !== undefined) apart?.follow(worker.request.pid, message.pid);
      break;
    case 'parcel':
      forward(message);
      break;
    case 'report':
      say(message.text);
      break;
    case 'requests':
      if (worker.request !== undefined) apart?.serve(worker.request.pid, message.items);
      break;
    case 'unreadable':
      endForLostMessage(worker);
      break;
    case 'warm':
      warmUp(worker.executable);
      break;
    case 'blocked':
      worker.blocked = message.at;
      // It may have looked before the last change.
      if (message.at.changes !== Atomics.load(table(), CHANGES)) rouse(worker);
      break;
    case 'ended':
      if (worker.request !== undefined) apart?.noteEnd(worker.request, message);
      discard(worker);
      break;
  }
}

/** It can be a process. */
function welcome(worker: PageWorker, lock: string | undefined): void {
  clearTimeout(worker.overdue);
  worker.ready = true;
  if (lock !== undefined) queueForLock(worker, lock);
  if (worker.request === undefined) sendPreloads(worker);
  else apart?.admit(worker.request.pid);
}

/** Milliseconds that the last messages of a process may take once its lock is free: they come another way. */
const LAST_WORDS = 1000;

/**
 * Milliseconds without a message after which the last one of a process has come, where messages are all that threads have: in Firefox
 * and WebKit half of the last ones come after the lock is free (measured; at most some milliseconds later).
 */
const SILENCE = 100;

/** Its lock is free. */
function lockIsFree(worker: PageWorker): void {
  const { request } = worker;
  if (isIsolated || request === undefined || isLeaving(request.pid)) noteDeath(worker);
  else if (workers.has(worker)) awaitSilence(worker);
}

function awaitSilence(worker: PageWorker): void {
  clearTimeout(worker.silence);
  worker.silence = setTimeout(noteDeath, SILENCE, worker);
}

/** The worker can run no more. If it was a process that nobody saw end, it closed itself or crashed. */
function noteDeath(worker: PageWorker): void {
  if (!workers.has(worker)) return;
  const { request } = worker;
  if (request === undefined || announceEnd(request.pid, 1)) discard(worker);
  else {
    // It may have been ended between saying so and waking those who wait.
    wakeAfter(request.pid);
    // It may not have said that it is ready: the limit for that is over.
    clearTimeout(worker.overdue);
    worker.overdue = setTimeout(discard, LAST_WORDS, worker);
  }
}

// ------------------------------------------------------------------------------------------------ spares

const launchSpare = (executable: number): PageWorker => launch(undefined, executable);

function warmUp(executable = latestExecutable()): void {
  refillWhenIdle(executable, launchSpare);
}

function preload(): void {
  for (const spare of spares()) if (spare.ready) sendPreloads(spare);
}

const sendPreloads = (worker: PageWorker): void =>
  send(worker, { type: 'preload', urls: preloads, lateParts: partsHere() });

/** How many workers there are: those that are processes, and those in reserve; and how many there have ever been. */
export function census(): { processes: number; spares: number; launched: number } {
  return { processes: processes.size, spares: spares().length, launched };
}
