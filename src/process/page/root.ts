// Runs in the root, the thread that first loaded the library: makes every worker, also those that other processes ask for,
// and sees every death.
//
// A worker's life here:   launched -> ready -> (ended | terminated) -> gone
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
import { announceChange, announceEnd, type Blocked, wake, wakeAfter } from '../../memory/wait.ts';
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

/**
 * A worker of which nothing was heard counts as failed after so many looks, so many milliseconds apart: a script may take
 * minutes to arrive, and nothing tells that from one that never calls the library. What fails is heard of at once. One timer for
 * all of it would be over when a machine wakes from sleep, before the worker could do anything.
 */
export const patience = { looks: 20, lookEvery: 15_000 };

/**
 * Makes the worker of the executable; the app writes it, because its bundler has to see `new Worker(new URL(...))`. The name is for
 * the browser's tools: that of the process, or of this library for one in reserve.
 */
export type WorkerFactory = (name: string) => Worker;

interface Member {
  readonly worker: Worker;
  overdue: ReturnType<typeof setTimeout> | undefined;
  ready: boolean;
  /** The root queues for its lock, and will hear of its death. */
  watched: boolean;
  /** Its executable. */
  readonly executable: number;
  /** The process that it is, or will be once it is ready; none: a spare. */
  request: SpawnRequest | undefined;
  /** Where it last said that it is blocked. */
  blocked: Blocked | undefined;
  /** Until its last messages have come, after its lock is free. */
  silence: ReturnType<typeof setTimeout> | undefined;
}

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

/** What a page has several of where packages bring their own. A process knows its own by the place here. */
const executables: { factory: WorkerFactory; address: string | undefined }[] = [];
let launched = 0;
const members = new Set<Member>();
const processes = new Map<number, Member>();

/**
 * From now on new workers are made so; those that wait in reserve with older code are let go. Answers which executable it is:
 * one that is known, a new one, or, where it says nothing of what it knows, the way to make those of all others, too.
 */
export function addExecutable(factory: WorkerFactory, address: string | undefined, knows: boolean): number {
  // A server can import an app and its executable, and start nothing.
  if (!('Worker' in globalThis)) return 0;
  // Before anything can wait for a process: it is to see that this has ended.
  if (executables.length === 0) onGone(endAll);
  setKernel(root);
  let index = executables.findIndex((one) =>
    address === undefined ? one.factory === factory : one.address === address,
  );
  if (index >= 0 && knows) return index;
  if (index < 0) {
    if (!knows) executables.fill({ factory, address });
    if (knows || executables.length === 0) executables.push({ factory, address });
    index = executables.length - 1;
  }
  for (const member of members) if (member.request === undefined) drop(member);
  if (!knows) renewAll();
  return index;
}

/** The document goes, and the engine ends all workers, as terminate() does: nobody would be told. */
function endAll(): void {
  for (const pid of processes.keys()) announceEnd(pid, -15);
}

/** The executable of processes that could run any. */
const latestExecutable = (): number => executables.length - 1;

const root: Kernel = {
  spawn,
  forward,
  terminate,
  warmUp: refillWhenIdle,
  preload,
  follow: () => {},
  executableFor: (name) => (name === undefined ? latestExecutable() : executableOf(name)),
};

// ------------------------------------------------------------------------------------------------ making workers

/** The script that workers load, as far as it is known here: by its address, or as the factory's own text names it. */
function script({ executable }: Member): string {
  const { address, factory } = executables[executable] as (typeof executables)[0];
  if (address !== undefined) return address;
  const named = /(['"`])([^'"`]*\.[cm]?[jt]sx?\b[^'"`]*)\1/.exec(String(factory))?.[2];
  return named ?? 'that the factory given to setExecutable() makes';
}

/** @throws ProcessError, with what the browser says, and what to do. */
function make(executable: number, name = 'web-multiprocessing'): Worker {
  try {
    return (executables[executable] as (typeof executables)[0]).factory(name);
  } catch (error) {
    const advice =
      globalThis.origin === 'null'
        ? '. This page has no origin, as a frame without "allow-same-origin" in its sandbox, or a file: add that, or serve it'
        : ". Its script has to be of the page's own origin, and where the page demands Trusted Types, a policy has to let it " +
          'through: trustedTypes.createPolicy("default", { createScriptURL: (url) => url })';
    throw new ProcessError(`the browser made no worker: ${describe(error).replace(/\.+$/, '')}${advice}`, {
      cause: error,
    });
  }
}

function launch(request: SpawnRequest | undefined, executable: number): Member {
  const member: Member = {
    worker: make(executable, request?.name),
    overdue: undefined,
    ready: false,
    watched: false,
    executable,
    request,
    blocked: undefined,
    silence: undefined,
  };
  const look = (left: number): void => {
    if (left > 0) member.overdue = setTimeout(look, patience.lookEvery, left - 1);
    else {
      fail(
        member,
        'nothing was heard of it for minutes: its script has not arrived yet, or it never called setExecutable(), ' +
          `serve() or freezeSupport() of this library. ${CHECK}`,
      );
    }
  };
  look(patience.looks);
  const { worker } = member;
  worker.onmessage = (event) => {
    const message = unseal<FromWorker>(event.data);
    if (message !== undefined) receive(member, message);
  };
  // Not a property of Chromium's workers.
  worker.addEventListener('messageerror', () => lose(member));
  worker.onerror = (event) => {
    if (member.ready) return;
    event.preventDefault();
    const reason = event.message
      ? `its modules threw while they were loaded: ${event.message}${place(event)}`
      : `its script could not be loaded. ${RELOAD}`;
    fail(member, `${reason}. ${CHECK}`);
  };
  members.add(member);
  if (launched++ === 0) onChanges(wakeBlocked);
  return member;
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
function fail(member: Member, reason: string): void {
  const { request } = member;
  const error = new ProcessError(`the worker ${script(member)} could not be started: ${reason}`);
  drop(member);
  if (request === undefined) say(describe(error));
  else bury(request, error);
}

/** What was said last. */
let said = '';

/** Says it, once: what keeps one worker of a pool from its work keeps the others, too. */
function say(text: string, whose = ''): void {
  if (text !== said) print(whose + text);
  said = text;
}

/** A process that did not come to its own end ends with code 1. */
function bury({ outcome, pid, name }: SpawnRequest, error: unknown): void {
  if (outcome !== undefined) writeError(outcome, THREW, error);
  if (announceEnd(pid, 1)) say(describe(error), `${name} (pid ${pid}) did not start: `);
}

/** A message to it, or of it, could not be read. Somebody may count on that, and would wait for ever: the process ends. */
function lose(
  member: Member,
  error = new ProcessError('a message was lost: the browser could not make again what is in it'),
): void {
  if (!members.has(member)) return;
  const { request } = member;
  if (request === undefined) return drop(member);
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
function drop(member: Member): void {
  clearTimeout(member.overdue);
  clearTimeout(member.silence);
  member.worker.onmessage = null;
  member.worker.onerror = null;
  member.worker.terminate();
  members.delete(member);
  if (member.request === undefined) return;
  const { pid } = member.request;
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
    const spare = request.method === 'forkserver' ? takeSpare(request.executable) : undefined;
    const member = spare ?? outside(() => launch(request, request.executable));
    member.request = request;
    processes.set(request.pid, member);
    if (isIsolated || apart !== undefined) boot(member, request);
    else bootLater(member, request);
  } catch (error) {
    bury(request, error);
  }
}

/** Once what works by message is here. Its worker loads meanwhile. */
function bootLater(member: Member, request: SpawnRequest): void {
  arrival?.then(
    () => {
      // It may have ended meanwhile.
      if (!members.has(member)) return;
      apart?.noteStart(request, sendTo);
      boot(member, request);
    },
    (error: unknown) => {
      if (!members.has(member)) return;
      drop(member);
      bury(request, error);
    },
  );
}

function boot(member: Member, request: SpawnRequest): void {
  try {
    send(member, apart === undefined ? sharedBoot(request) : apart.bootOf(request), movedWith(request.work));
    if (member.ready) apart?.admit(request.pid);
  } catch (error) {
    // What the browser refuses to clone or to move is known only now.
    drop(member);
    bury(request, error);
  }
}

const sharedBoot = (request: SpawnRequest): Boot => ({
  type: 'boot',
  request,
  table: table().buffer as SharedArrayBuffer,
  arena: arena(),
  pids: undefined,
});

function send(member: Member, message: FromRoot, transfer: readonly Transferable[] = []): void {
  // What a process is told comes in the order in which it happened.
  flushGathered();
  if (message.type !== 'replies' && member.request !== undefined) apart?.flush(member.request.pid);
  member.worker.postMessage(seal(message), transfer as Transferable[]);
}

/** Ends the worker of a process that is condemned in the table. It has ended when its lock is free: it may be at work. */
function terminate(pid: number): void {
  const member = processes.get(pid);
  if (member === undefined) return;
  // Of a worker that is not watched nobody would hear that it is gone.
  if (hasEnded(pid) || (!isIsolated && !member.watched)) {
    announceEnd(pid, 1);
    drop(member);
    wakeAfter(pid);
    return;
  }
  // It announces its end itself, if it can: quicker than the engine ends a thread that blocks.
  rouse(member);
  member.worker.terminate();
  // Its message that says which lock it holds may still be on its way, and is lost now.
  if (isIsolated) watch(member, lockNamed(lockOf(table(), pid)));
}

/** Who is blocked hears of no change by itself. */
function wakeBlocked(): void {
  for (const member of processes.values()) rouse(member);
}

function rouse({ blocked }: Member): void {
  if (blocked !== undefined) wake(blocked.words, blocked.index);
}

/** Queues for the worker's lock. */
function watch(member: Member, lock: string): void {
  if (member.watched) return;
  member.watched = true;
  navigator.locks.request(lock, () => gone(member)).catch((error: unknown) => fail(member, denied(describe(error))));
}

const sendTo = (pid: number, message: FromRoot, transfer?: readonly Transferable[]): void => {
  const member = processes.get(pid);
  if (member !== undefined) send(member, message, transfer);
};

/** Hands a message on to the process that it is for. */
function forward(post: Post): void {
  if (post.to === MAIN) deliver(post);
  else {
    const member = processes.get(post.to);
    if (member !== undefined) send(member, post, movedWith(post.parcel));
    else if (post.claim === REQUEST) refuse(post);
  }
}

function receive(member: Member, message: FromWorker): void {
  // What a condemned process says counts no more. (Where threads share memory, it has seen that itself.)
  if (!isIsolated && member.request !== undefined && isLeaving(member.request.pid)) return;
  if (member.silence !== undefined) awaitSilence(member);
  switch (message.type) {
    case 'ready':
      welcome(member, message.lock);
      break;
    case 'denied':
      if (isIsolated) fail(member, denied(message.reason));
      else welcome(member, undefined);
      break;
    case 'spawn':
      spawn({
        ...message.request,
        executable: member.executable,
        outcome: message.request.outcome ?? makeOutcome(),
      });
      break;
    case 'terminate':
      if (isIsolated) terminate(message.pid);
      else condemnAndEnd(message.pid, message.exitcode);
      break;
    case 'follow':
      if (member.request !== undefined) apart?.follow(member.request.pid, message.pid);
      break;
    case 'parcel':
      forward(message);
      break;
    case 'report':
      say(message.text);
      break;
    case 'requests':
      if (member.request !== undefined) apart?.serve(member.request.pid, message.items);
      break;
    case 'unreadable':
      lose(member);
      break;
    case 'warm':
      refillWhenIdle(member.executable);
      break;
    case 'blocked':
      member.blocked = message.at;
      // It may have looked before the last change.
      if (message.at.changes !== Atomics.load(table(), CHANGES)) rouse(member);
      break;
    case 'ended':
      if (member.request !== undefined) apart?.noteEnd(member.request, message);
      drop(member);
      break;
  }
}

/** It can be a process. */
function welcome(member: Member, lock: string | undefined): void {
  clearTimeout(member.overdue);
  member.ready = true;
  if (lock !== undefined) watch(member, lock);
  if (member.request === undefined) sendPreloads(member);
  else apart?.admit(member.request.pid);
}

/** Milliseconds that the last messages of a process may take once its lock is free: they come another way. */
const LAST_WORDS = 1000;

/**
 * Milliseconds without a message after which the last one of a process has come, where messages are all that threads have: in Firefox
 * and WebKit half of the last ones come after the lock is free (measured; at most some milliseconds later).
 */
const SILENCE = 100;

/** Its lock is free. */
function gone(member: Member): void {
  const { request } = member;
  if (isIsolated || request === undefined || isLeaving(request.pid)) bereave(member);
  else if (members.has(member)) awaitSilence(member);
}

function awaitSilence(member: Member): void {
  clearTimeout(member.silence);
  member.silence = setTimeout(bereave, SILENCE, member);
}

/** The worker can run no more. If it was a process that nobody saw end, it closed itself or crashed. */
function bereave(member: Member): void {
  if (!members.has(member)) return;
  const { request } = member;
  if (request === undefined || announceEnd(request.pid, 1)) drop(member);
  else {
    // It may have been ended between saying so and waking those who wait.
    wakeAfter(request.pid);
    // It may not have said that it is ready: nobody is to find that it never was.
    clearTimeout(member.overdue);
    member.overdue = setTimeout(drop, LAST_WORDS, member);
  }
}

// ------------------------------------------------------------------------------------------------ spares

/** How many booted workers wait for the start method 'forkserver'. */
const SPARES = Math.max(2, Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 2));

let refilling = false;

function preload(): void {
  for (const member of members) if (member.request === undefined && member.ready) sendPreloads(member);
}

const sendPreloads = (member: Member): void =>
  send(member, { type: 'preload', urls: preloads, lateParts: partsHere() });

const spares = (executable?: number): Member[] =>
  [...members].filter(
    (member) => member.request === undefined && member.executable === (executable ?? member.executable),
  );

/** A worker in reserve, one that is ready if there is any. */
function takeSpare(executable: number): Member | undefined {
  const reserve = spares(executable);
  refillWhenIdle(executable);
  return reserve.find((member) => member.ready) ?? reserve[0];
}

/** Milliseconds before the reserve is filled again: making a worker must not compete with the one just taken. */
const REFILL_AFTER = 50;

function whenIdle(callback: () => void): void {
  const idle = globalThis.requestIdleCallback;
  setTimeout(() => (idle === undefined ? callback() : idle(callback, { timeout: 200 })), REFILL_AFTER);
}

/** Fills the reserve of an executable, one worker in each idle moment of the page. */
function refillWhenIdle(executable = latestExecutable()): void {
  if (refilling || executable < 0 || spares(executable).length >= SPARES) return;
  refilling = true;
  whenIdle(() => {
    refilling = false;
    if (spares(executable).length >= SPARES) return;
    outside(() => launch(undefined, executable));
    refillWhenIdle(executable);
  });
}

/** How many workers there are: those that are processes, and those in reserve; and how many there have ever been. */
export function census(): { processes: number; spares: number; launched: number } {
  return { processes: processes.size, spares: spares().length, launched };
}
