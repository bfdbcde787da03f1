// What this process was started with, and so who it is before anybody asks for it as an object.

import { setOwn } from '../base/thread.ts';
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

/** After a rehearsal. */
export function forgetOrigin(): void {
  origin = undefined;
}
