// What this process was started with, and so who it is before anybody asks for it as an object.

import { setOwn } from '../base/thread.ts';
import type { Assignment, SpawnRequest } from './protocol.ts';

export interface Origin {
  readonly request: SpawnRequest;
  readonly assignment: Assignment;
}

/** The page has none. */
export let origin: Origin | undefined;

export function setOrigin(newOrigin: Origin | undefined): void {
  origin = newOrigin;
  if (newOrigin !== undefined) setOwn(newOrigin.request);
}
