// What a process needs of the library where its own code does not name it: by the public names that the app uses.

/** What `web-multiprocessing/process` exports, beside `serve`. */
export const PARTS = [
  'Array',
  'Barrier',
  'BoundedSemaphore',
  'Condition',
  'Connection',
  'Event',
  'JoinableQueue',
  'Lock',
  'Logger',
  'Managers',
  'PoolWorker',
  'Queue',
  'RLock',
  'RawArray',
  'RawValue',
  'Rehearsal',
  'Semaphore',
  'ShareableList',
  'SharedMemory',
  'SimpleQueue',
  'Value',
] as const;

export type Part = (typeof PARTS)[number];

/** What a page is sent in any message. */
const EVERYWHERE: readonly Part[] = ['Managers', 'ShareableList', 'SharedMemory'];

/** What a page may be sent, which is what `web-multiprocessing/page` exports beside `setExecutable`: all but what processes do. */
export const KINDS: readonly Part[] = PARTS.filter((part) => !/^(?:Logger|PoolWorker|Rehearsal)$/.test(part));

/** What objects that travel are or bring along, and what is done for a call in other processes. */
const NEEDS: Readonly<Record<string, readonly Part[]>> = {
  Array: ['Array', 'RLock', 'RawArray'],
  Barrier: ['Barrier'],
  BaseManager: ['Managers', 'PoolWorker'],
  BaseProxy: ['Managers', 'PoolWorker'],
  BoundedSemaphore: ['BoundedSemaphore'],
  Condition: ['Condition', 'RLock'],
  Connection: ['Connection'],
  Event: ['Event'],
  JoinableQueue: ['JoinableQueue'],
  Lock: ['Lock'],
  Manager: ['Managers', 'PoolWorker'],
  Pipe: ['Connection'],
  Pool: ['PoolWorker'],
  Queue: ['Queue'],
  RLock: ['RLock'],
  RawArray: ['RawArray'],
  RawValue: ['RawValue'],
  Semaphore: ['Semaphore'],
  ShareableList: ['ShareableList', 'SharedMemory'],
  SharedMemory: ['SharedMemory'],
  SharedMemoryManager: ['Managers', 'ShareableList', 'SharedMemory'],
  SimpleQueue: ['SimpleQueue'],
  SyncManager: ['Managers', 'PoolWorker'],
  Value: ['RLock', 'RawValue', 'Value'],
  // Of any typed array; the copy of another object is of a kind that is named elsewhere.
  copy: ['RawArray'],
  getContext: PARTS,
  getLogger: ['Logger'],
  logToStderr: ['Logger'],
  setForkserverPreload: ['Rehearsal'],
  setStartMethod: ['Rehearsal'],
  synchronized: ['Array', 'RLock', 'RawArray', 'RawValue', 'Value'],
};

/** The names that need nothing in another process. */
const NEEDLESS = new Set([
  ...['AuthenticationError', 'BlockingNotAllowedError', 'BrokenBarrierError', 'BufferTooShort', 'DataCloneError'],
  ...['EOFError', 'Empty', 'FileExistsError', 'FileNotFoundError', 'Full', 'InvalidStateError', 'OSError'],
  ...['ProcessError', 'RemoteError', 'ShutDown', 'TimeoutError', 'WorkerDiedError', 'leftBehind'],
  ...['Process', 'activeChildren', 'cpuCount', 'currentProcess', 'exit', 'onExit', 'parentProcess'],
  ...['Client', 'Listener', 'cancelled', 'rebuild', 'reduce', 'taskSignal', 'transfer', 'wait', 'waitSync'],
  ...['capabilities', 'freezeSupport', 'getAllStartMethods', 'getStartMethod', 'setExecutable'],
]);

/** What a name needs; `undefined` where that is not known here. */
export const needsOf = (name: string): readonly Part[] | undefined =>
  Object.hasOwn(NEEDS, name) ? NEEDS[name] : NEEDLESS.has(name) ? [] : undefined;

/** What processes of an app need that uses these names: everything, where one is not known. */
export function partsOf(names: Iterable<string>): readonly Part[] {
  const needed = new Set([...names].flatMap((name) => needsOf(name) ?? PARTS));
  return PARTS.filter((part) => needed.has(part));
}

/** What works by message, in a page or in processes whose own modules use those names: the parts, and what is for who makes calls. */
export function messagePartsOf(names: Iterable<string>, own: Iterable<string>): ReadonlySet<string> {
  const parts = partsOf(names);
  const used = [...own];
  // The server of a manager makes pools.
  const pools = parts.includes('Managers') || partsOf(used).includes('PoolWorker');
  const waits = used.some(
    (name) => /^wait(?:Sync)?$/.test(name) || name === 'getContext' || needsOf(name) === undefined,
  );
  return new Set<string>([...parts, ...(pools ? ['Pool'] : []), ...(waits ? ['Waiter'] : [])]);
}

/** What its pages need: with pools also what tasks make, for they may answer it. */
export const kindsOf = (names: ReadonlySet<string>): readonly Part[] => {
  const parts = partsOf(names);
  const hasPools = [...names].some((name) => name === 'Pool' || name === 'getContext' || needsOf(name) === undefined);
  return (hasPools ? KINDS : EVERYWHERE).filter((kind) => parts.includes(kind));
};
