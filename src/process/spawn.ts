// How a process starts others, with or without a Process object that stands for each.

import { isWorker, pid as ownPid } from '../base/thread.ts';
import { encode } from '../codec/encode.ts';
import { commonName, noted } from '../codec/registry.ts';
import { type Carrier, disinherit, type Heir } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { newPid } from '../memory/processes.ts';
import { settle } from '../memory/wait.ts';
import { begin, ending, type Handle, livingChildren, makeHandle, ownHandle } from './handle.ts';
import { checkReady, executableFor, spawn, terminate } from './kernel.ts';
import { partsHere } from './late_parts.ts';
import { optional } from './optional.ts';
import { origin } from './origin.ts';
import { makeOutcome } from './outcome.ts';
import { type Parcel, pack, WORTH_POSTING } from './parcel.ts';
import type { Assignment, StartMethod } from './protocol.ts';

const ONE_PACKAGE = 'give it functions and objects of one package';

/** How many children each process of this thread has made: the number in default names. */
const made = new WeakMap<Handle, number>();
/** The instance of a subclass that is being sent to its process: the only moment at which one may travel. */
export let departing: object | undefined;
let defaultMethod: StartMethod | undefined;

/** The method for processes whose class names none. */
export const startMethodHere = (): StartMethod | undefined => defaultMethod ?? origin?.request.method;
export const setStartMethodHere = (method: StartMethod | undefined): void => {
  defaultMethod = method;
};

/** The default start method. From its first use on it cannot change, as in Python. */
export function fixedMethod(): StartMethod {
  const method = startMethodHere() ?? 'spawn';
  setStartMethodHere(method);
  return method;
}

/** A child to be. Without a name it gets one of the prefix and its identity; without `daemon` it is what this process is. */
export function makeChild(
  work: Pick<Handle, 'target' | 'args' | 'kwargs'>,
  { name, prefix, daemon }: { name?: string | null | undefined; prefix: string; daemon?: boolean | null | undefined },
): Handle {
  const parent = ownHandle();
  const count = (made.get(parent) ?? 0) + 1;
  made.set(parent, count);
  const identity = [...parent.identity, count];
  return makeHandle(
    { ...work, name: name ?? `${prefix}-${identity.join(':')}`, daemon: daemon ?? parent.daemon, identity, pid: null },
    parent.authkey,
  );
}

export interface StartOptions {
  /** How; none: as this process starts others. */
  readonly method: StartMethod | undefined;
  /** The qualified name of what it runs. */
  readonly task: string;
  /** The instance of a subclass of Process that it runs, in place of a target. */
  readonly instance?: object | undefined;
}

/** This process, which is to have a child. @throws InvalidStateError where it may have none. */
export function parentToBe(): Handle {
  const own = ownHandle();
  if (own.daemon) throw new InvalidStateError('Process.start(): a daemonic process may have no children');
  return own;
}

/** Starts a child. @throws as `Process.start()`; it can then be started again. */
export function start(handle: Handle, { method, task, instance }: StartOptions): void {
  const own = parentToBe();
  checkReady();
  livingChildren();
  const heirs: Heir[] = [];
  try {
    noted.clear();
    const work = packed(handle, instance, heirs);
    const executable = executableFor(handle.runs ?? commonName(noted, ONE_PACKAGE));
    const outcome = makeOutcome();
    const pid = newPid();
    // From now on it holds what it was given: this process may close its own right after start().
    for (const heir of heirs) heir(pid);
    const { name, identity, daemon, authkey } = handle;
    spawn({
      pid,
      parent: ownPid,
      parentName: own.name,
      name,
      identity,
      daemon,
      method: method ?? fixedMethod(),
      executable,
      task,
      logging: optional.logger?.settings(),
      authkey,
      outcome,
      lateParts: partsHere(),
      work,
    });
    begin(handle, pid, outcome);
  } catch (error) {
    disinherit(heirs, 0);
    throw error;
  }
}

function packed(handle: Handle, instance: object | undefined, heirs: Heir[]): Parcel {
  const carrier: Carrier = { attachments: [], transfer: [], heirs, large: WORTH_POSTING, direct: !isWorker };
  return pack(encodeAssignment(handle, instance, carrier), carrier);
}

/** What a process is to do, in bytes that are valid until the next encoding. */
export function encodeAssignment(
  { target, args, kwargs }: Handle,
  instance: object | undefined,
  carrier: Carrier,
): Uint8Array {
  departing = instance;
  try {
    return encode({ process: instance, target, args: [...args], kwargs } as Assignment, '', carrier);
  } finally {
    departing = undefined;
  }
}

/** Those that are daemons are terminated, the others waited for. */
export async function endChildren(children = livingChildren()): Promise<void> {
  for (const { daemon, pid } of children) if (daemon) terminate(pid as number, -15);
  for (const child of children) await settle(ending(child, Number.POSITIVE_INFINITY));
}

optional.endChildren = endChildren;
