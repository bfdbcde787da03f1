// What this process was started with, and so who it is before anybody asks for it as an object.

import { actAs, actor, own, setOwn } from '../base/thread.ts';
import { AuthenticationString } from './authkey.ts';
import type { Assignment, SpawnRequest } from './protocol.ts';

export interface Origin {
  readonly request: SpawnRequest;
  readonly assignment: Assignment;
  /** That of its parent, as it was then. */
  readonly authkey: AuthenticationString;
}

/** The page has none. */
export let origin: Origin | undefined;

export function setOrigin(request: SpawnRequest, assignment: Assignment): void {
  origin = { request, assignment, authkey: new AuthenticationString(request.authkey) };
  setOwn(request);
}

/** Takes a step as that process, where several are in one thread. The step must be synchronous. */
export const within = <T>(its: Origin, step: () => T): T => as(its, its.request, its.request.pid, step);

/** How to take later steps as the process that takes this one. */
export function asNow(): <T>(step: () => T) => T {
  const its = origin;
  const itsOwn = own;
  const itsPid = actor;
  return (step) => as(its, itsOwn, itsPid, step);
}

function as<T>(its: Origin | undefined, itsOwn: typeof own, itsPid: number | undefined, step: () => T): T {
  const before = origin;
  const wasOwn = own;
  origin = its;
  setOwn(itsOwn);
  try {
    return actAs(itsPid, step);
  } finally {
    origin = before;
    setOwn(wasOwn);
  }
}

/** After a rehearsal. */
export function forgetOrigin(): void {
  origin = undefined;
}
