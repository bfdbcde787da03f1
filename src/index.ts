// The public names; no logic.

export { rebuild, reduce } from './codec/hooks.ts';
export { transfer } from './codec/transfer.ts';
export { Queue, SimpleQueue } from './data/queue.ts';
export { type Waitable, wait, waitSync } from './data/wait.ts';
export {
  AuthenticationError,
  BlockingNotAllowedError,
  BrokenBarrierError,
  BufferTooShort,
  DataCloneError,
  Empty,
  EOFError,
  Full,
  InvalidStateError,
  OSError,
  ProcessError,
  ShutDown,
  TimeoutError,
  WorkerDiedError,
} from './errors.ts';
export { onExit } from './memory/finalizers.ts';
export type { BlockOptions, SyncBlockOptions, SyncWaitOptions, WaitOptions } from './memory/options.ts';
export {
  type Context,
  getAllStartMethods,
  getContext,
  getStartMethod,
  setForkserverPreload,
  setStartMethod,
} from './process/context.ts';
export { activeChildren, cpuCount, currentProcess, parentProcess } from './process/current.ts';
export { freezeSupport, setExecutable } from './process/executable.ts';
export { exit } from './process/exit.ts';
export { Process, type ProcessOptions } from './process/process.ts';
export type { StartMethod } from './process/protocol.ts';
export { Lock } from './sync/lock.ts';
