// What a Process object stands for, and what is done with it. The state is kept beside the object, not in it: the own
// fields of a subclass's instance are the app's and travel, these are the library's and do not; and an instance that
// arrives in its process was made by no constructor.

import { isPast } from '../base/deadline.ts';
import { pid as ownPid, setOwn } from '../base/thread.ts';
import { InvalidStateError, WorkerDiedError } from '../errors.ts';
import { hasEnded, table } from '../memory/processes.ts';
import { spin } from '../memory/spin.ts';
import { ENDED, exitcodeOf, stateAt, stateOf } from '../memory/table.ts';
import type { Waiting } from '../memory/wait.ts';
import { AuthenticationString } from './authkey.ts';
import { collect, discard } from './mailbox.ts';
import { type Origin, origin } from './origin.ts';
import {
  isPosted,
  NONE,
  type Outcome,
  RETURNED,
  RETURNED_BY_MESSAGE,
  readOutcome,
  THREW,
  UNSENDABLE,
} from './outcome.ts';
import type { Sentinel } from './sentinel.ts';
import { attributeTo } from './thrown.ts';

export interface Handle {
  target: ((...args: never[]) => unknown) | undefined;
  args: readonly unknown[];
  kwargs: object | undefined;
  name: string;
  daemon: boolean;
  authkey: AuthenticationString;
  /** The numbers behind the default names: [1, 2] for Process-1:2. */
  readonly identity: readonly number[];
  /** The qualified name of a function (codec/registry.ts): its prefix says which executable is to run; none: one that knows its target and arguments. */
  runs: string | undefined;
  /** `null` until it is started. */
  pid: number | null;
  /** The process that has started it; 0 where that is not this thread's. */
  parent: number;
  /** Where its outcome goes; only its parent has it. */
  outcome: SharedArrayBuffer | undefined;
  /** The outcome, once it was read. */
  read: Outcome | undefined;
  /** Made when it is first asked for, and then always the same. */
  sentinel: Sentinel | undefined;
  closed: boolean;
}

const handles = new WeakMap<object, Handle>();

/** The processes that those of this thread have started and not seen to have ended. */
const children = new Set<Handle>();

/** The work of a process without a target. */
export const NOTHING = { target: undefined, args: [], kwargs: undefined };

type Known = Pick<Handle, 'name' | 'daemon' | 'identity' | 'pid'> & Partial<Handle>;

/** A handle, to which there need not be a Process object. */
export const makeHandle = (known: Known, authkey: Uint8Array): Handle => ({
  ...NOTHING,
  runs: undefined,
  parent: 0,
  outcome: undefined,
  read: undefined,
  sentinel: undefined,
  closed: false,
  ...known,
  authkey: new AuthenticationString(authkey),
});

/** Gives a Process object its handle. */
export function bind(process: object, handle: Handle): void {
  handles.set(process, handle);
}

/** Those of processes, by their origins: several may be in one thread. */
const owned = new WeakMap<object, Handle>();
/** In place of an origin. */
const PAGE = {};

/** That of this process. */
export function ownHandle(): Handle {
  const key = origin ?? PAGE;
  let handle = owned.get(key);
  if (handle === undefined) {
    handle = origin === undefined ? mainHandle() : handleOfOrigin(origin);
    owned.set(key, handle);
  }
  setOwn(handle);
  return handle;
}

const mainHandle = (): Handle =>
  makeHandle(
    { name: 'MainProcess', daemon: false, identity: [], pid: ownPid },
    crypto.getRandomValues(new Uint8Array(32)),
  );

function handleOfOrigin({ request, assignment, authkey }: Origin): Handle {
  const { name, daemon, identity, pid } = request;
  const { target, args, kwargs } = assignment;
  return makeHandle({ name, daemon, identity, pid, target, args, kwargs }, authkey);
}

/** @throws InvalidStateError for an object that no constructor of ours has seen. */
export function handleOf(process: object): Handle {
  const handle = handles.get(process);
  if (handle !== undefined) return handle;
  // The instance that this process was made of.
  if (process === origin?.assignment.process) return ownHandle();
  throw new InvalidStateError('this Process object was not made by its constructor: call super()');
}

/** @throws InvalidStateError where it was closed. */
export function opened(process: object): Handle {
  const handle = handleOf(process);
  if (handle.closed) throw new InvalidStateError('this Process object is closed');
  return handle;
}

/** @throws InvalidStateError where it was not started, or was closed. */
export function started(process: object, call: string): Handle & { pid: number } {
  const handle = opened(process);
  if (handle.pid === null) throw new InvalidStateError(`Process.${call}(): this process was not started`);
  return handle as Handle & { pid: number };
}

/** It has a pid now, and keeps what it was to do no longer. */
export function begin(handle: Handle, pid: number, outcome: SharedArrayBuffer): void {
  Object.assign(handle, NOTHING, { pid, parent: ownPid, outcome });
  children.add(handle);
}

/** Has it ended? Then it is no longer kept as a child. */
export function ended(handle: Handle): boolean {
  if (handle.pid === null || !hasEnded(handle.pid)) return false;
  children.delete(handle);
  return true;
}

/** The children that have not ended; those that have are no longer kept. */
export function livingChildren(): Handle[] {
  for (const handle of children) ended(handle);
  return [...children].filter(({ parent }) => parent === ownPid);
}

export const isOwn = (handle: Handle): boolean => handle.pid === ownPid;

/** Waits for the end of a process that was started; false where `deadline` came first. */
export function* ending(handle: Handle, deadline: number): Waiting<boolean> {
  const pid = handle.pid as number;
  if (isOwn(handle)) throw new InvalidStateError('Process.join(): a process cannot wait for its own end');
  for (;;) {
    const seen = stateOf(table(), pid);
    if (seen === ENDED) return ended(handle);
    if (isPast(deadline)) return false;
    if (spin(table(), stateAt(pid), seen)) continue;
    yield { words: table(), index: stateAt(pid), seen, until: deadline };
  }
}

export const exitcodeIn = (handle: Handle): number | null =>
  handle.pid === null || !ended(handle) ? null : exitcodeOf(table(), handle.pid);

/** What an ended process left behind. */
export function outcomeOf(handle: Handle): Outcome {
  if (handle.outcome === undefined) return { kind: NONE, value: undefined };
  handle.read ??= attributed(readOutcome(handle.outcome), handle);
  return handle.read;
}

function attributed(outcome: Outcome, { name, pid }: Handle): Outcome {
  attributeTo(outcome.value, name, pid as number);
  return outcome;
}

/** Is its result one that a message brings? */
export const comesByMessage = (handle: Handle): boolean =>
  exitcodeIn(handle) === 0 && outcomeOf(handle).kind === RETURNED_BY_MESSAGE;

/** Lets go of what an ended process left behind. */
export function forget(handle: Handle): void {
  const { outcome, read, pid } = handle;
  if (outcome !== undefined && read?.kind !== RETURNED && isPosted(outcome)) discard(pid as number);
  Object.assign(handle, NOTHING, { closed: true, outcome: undefined, read: undefined });
}

/** What an ended process returned, or throws what it threw. */
export function resultOf(handle: Handle): unknown {
  if (comesByMessage(handle)) {
    const arrived = collect(handle.pid as number);
    if (arrived !== undefined) handle.read = { kind: RETURNED, value: arrived.value };
  }
  const { kind, value } = outcomeOf(handle);
  const exitcode = exitcodeIn(handle);
  if (kind === THREW || kind === UNSENDABLE) throw value;
  if (kind === RETURNED && exitcode === 0) return value;
  if (kind === RETURNED_BY_MESSAGE && exitcode === 0) {
    throw new InvalidStateError(
      'this result comes by message, which a blocked thread cannot receive: use "await result()"',
    );
  }
  throw new WorkerDiedError(
    `${handle.name} (pid ${handle.pid}) ended with exit code ${exitcode}`,
    handle.pid as number,
    exitcode,
  );
}

/** Was it ended by an error? That may be `null`, too. */
export const hasThrown = (handle: Handle): boolean => outcomeOf(handle).kind === THREW;

/** The error that ended the process; `null` where none did. */
export function exceptionOf(handle: Handle): unknown {
  const { kind, value } = outcomeOf(handle);
  return kind === THREW ? value : null;
}
