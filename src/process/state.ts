// What the library knows of each Process object. It is kept beside the object, not in it: the own fields of a subclass's
// instance are the app's, and travel; these are the library's, and do not.

import type { Waitable } from '../data/wait.ts';
import type { Outcome } from './outcome.ts';
import type { Process } from './process.ts';
import type { StartMethod } from './protocol.ts';

export interface ProcessState {
  target: ((...args: never[]) => unknown) | undefined;
  args: readonly unknown[];
  kwargs: object | undefined;
  name: string;
  daemon: boolean;
  authkey: Uint8Array;
  readonly identity: readonly number[];
  /** `null` until it is started. */
  pid: number | null;
  /** Where its outcome goes; only its parent has it. */
  outcome: SharedArrayBuffer | undefined;
  /** The outcome, once it was read. */
  read: Outcome | undefined;
  /** Made when it is first asked for, and always the same. */
  sentinel: Waitable | undefined;
  closed: boolean;
}

/** This process, as its own code sees it. */
export interface Self {
  readonly process: Process;
  /** `null` in the main process. */
  readonly parent: Process | null;
  /** How this process was started, if it was: its children are started so too. */
  readonly method: StartMethod | undefined;
}
