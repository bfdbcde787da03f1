// A process of this realm: an async task, with a pid in the process table, and an end as any process has.

import { runFinalizers } from '../base/finalizers.ts';
import { pid as ownPid } from '../base/thread.ts';
import { isA } from '../errors.ts';
import { hasEnded, newPid } from '../memory/processes.ts';
import { announceEnd, shareThread } from '../memory/wait.ts';
import { AuthenticationString } from '../process/authkey.ts';
import { SystemExit } from '../process/exit.ts';
import { begin, bind, type Handle, livingChildren, NOTHING, ownHandle } from '../process/handle.ts';
import { deliver } from '../process/mailbox.ts';
import { optional } from '../process/optional.ts';
import { type Origin, within } from '../process/origin.ts';
import { makeOutcome, THREW, writeError, writeResult } from '../process/outcome.ts';
import type { Parcel } from '../process/parcel.ts';
import { Process } from '../process/process.ts';
import type { Assignment, StartMethod } from '../process/protocol.ts';
import { lastWords, reportOf } from '../process/report.ts';
import { encodeAssignment, endChildren, fixedMethod, parentToBe, type StartOptions } from '../process/spawn.ts';
import { print } from '../process/thrown.ts';
import { flushAll } from './acting.ts';
import { type Cargo, carried, here, load, unload } from './journey.ts';

/** Starts a child in this realm. @throws as `Process.start()`, but nothing that the world lacks. */
export function launch(handle: Handle, { method, task, instance }: StartOptions): void {
  const own = parentToBe();
  shareThread();
  livingChildren();
  const cargo = load((carrier) => encodeAssignment(handle, instance, carrier));
  const { name, identity, daemon, authkey } = handle;
  const outcome = makeOutcome();
  const pid = newPid();
  for (const heir of cargo.heirs) heir(pid);
  const request = {
    pid,
    parent: ownPid,
    parentName: own.name,
    name,
    identity,
    daemon,
    method: method ?? fixedMethod(),
    executable: 0,
    task,
    logging: undefined,
    authkey,
    outcome,
    lateParts: [],
    // It goes its own way.
    work: { bytes: '', attachments: [], transfer: [] },
  };
  const assignment = { process: undefined, ...NOTHING } as Assignment;
  begin(handle, pid, outcome);
  // No timer: those of a test may stand still.
  queueMicrotask(() => void run({ request, assignment, authkey: new AuthenticationString(authkey) }, cargo));
}

async function run(origin: Origin, cargo: Cargo): Promise<void> {
  // Who condemned it knows that it has ended: nothing of it has run.
  if (hasEnded(origin.request.pid)) return;
  let result: unknown;
  try {
    Object.assign(origin.assignment, unload(cargo, origin));
    result = await within(origin, () => perform(origin.assignment));
  } catch (error) {
    return end(origin, error);
  }
  return end(origin, undefined, { result });
}

function perform({ process, target, args, kwargs }: Assignment): unknown {
  optional.logger?.info('child process calling self.run()');
  if (process === undefined) return target?.(...args, ...(kwargs === undefined ? [] : [kwargs]));
  // It knows who it is also where nobody knows whose step that is.
  bind(process, ownHandle());
  return process.run();
}

/** As any process ends by itself: `onExit` callbacks; children; what queues still hold. */
async function end(origin: Origin, error: unknown, success?: { result: unknown }): Promise<void> {
  const { pid, name, parent } = origin.request;
  const outcome = origin.request.outcome as SharedArrayBuffer;
  if (hasEnded(pid)) return;
  const reportLate = (late: unknown): void =>
    print(`${name} (pid ${pid}) had an error in an onExit callback:\n${reportOf(late)}`);
  const exit = isA(error, SystemExit) ? error : undefined;
  const exitcode = success !== undefined ? 0 : (exit?.exitcode ?? 1);
  try {
    const words = success === undefined ? lastWords(name, pid, error) : undefined;
    if (words !== undefined) print(words);
    within(origin, () => optional.logger?.info('process shutting down'));
    await runFinalizers(0, reportLate, pid);
    await endChildren(within(origin, livingChildren));
    await runFinalizers(Number.NEGATIVE_INFINITY, reportLate, pid);
    await flushAll(origin);
    // It may have been terminated meanwhile.
    if (hasEnded(pid)) return;
    if (exitcode === 0) {
      const post = (parcel: Parcel): void =>
        deliver({ type: 'parcel', from: pid, to: parent, parcel: { ...parcel, attachments: carried(parcel) } });
      here(() => writeResult(outcome, success?.result, post));
    } else if (exit === undefined) here(() => writeError(outcome, THREW, error));
    within(origin, () => optional.logger?.info('process exiting with exitcode', exitcode));
  } finally {
    announceEnd(pid, exitcode);
  }
}

/** @internal The class of these processes, which is to have the name of all. */
class DummyProcess<P extends readonly unknown[] = readonly [], R = unknown> extends Process<P, R> {
  static override readonly startMethod: StartMethod | undefined = undefined;
  static override readonly launch = launch;

  static {
    Object.defineProperty(this, 'name', { value: 'Process' });
  }
}

export { DummyProcess };
