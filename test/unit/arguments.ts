// Calls everything that the library exports with each of several wrong values in each place, and tells what came of it.

import * as mp from '../../src/index.ts';

/** What stands where something else should. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  -1,
  'text',
  5n,
  Symbol('symbol'),
  {},
  Object.create(null),
  [],
  () => {},
];

const nothing = (): void => {};
const bytes = (): Uint8Array => new Uint8Array(8);
/** What waits is given up at once. */
const wait = { timeout: 0, signal: new AbortController().signal };
const block = { block: false, ...wait };
const task = { timeout: 1000, signal: wait.signal, priority: 1 };
const map = { ...task, chunksize: 1, callback: nothing, errorCallback: nothing, onProgress: nothing };

const ready = new mp.Queue();
ready.putNowait(1);

/** Good arguments, by the name of what is called, with its class where a name alone would not do. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  // Classes.
  Array: ['i', 3, { lock: true }],
  RawArray: ['i', 3],
  Value: ['i', 3, { lock: true }],
  RawValue: ['i', 3],
  Barrier: [1, { action: nothing, timeout: 0 }],
  Semaphore: [1],
  BoundedSemaphore: [1],
  Condition: [new mp.RLock()],
  Lock: [1],
  RLock: [1],
  Event: [1],
  Queue: [1],
  JoinableQueue: [1],
  SimpleQueue: [1],
  Connection: [1],
  SharedMemory: ['no such block', { create: false, size: 8 }],
  ShareableList: [[1], { name: null }],
  SharedMemoryManager: [1],
  Process: [{ target: nothing, args: [1], kwargs: {}, name: 'name', daemon: false, group: null }],
  Pool: [1, { initializer: nothing, initargs: [], maxtasksperchild: 1, grace: 1, idleTimeout: 1, preload: [] }],
  BaseManager: [{ address: 'no address', authkey: bytes(), serializer: 'pickle', shutdownTimeout: 1, ctx: null }],
  SyncManager: [{ address: 'no address', authkey: bytes(), serializer: 'pickle', shutdownTimeout: 1, ctx: null }],
  Managers: [{ address: 'no address', authkey: bytes(), serializer: 'pickle', shutdownTimeout: 1, ctx: null }],
  BaseProxy: [1],
  Logger: [1],
  Listener: [null, { authkey: bytes(), backlog: 1, family: null }],
  // Errors: what their text is, is the language's.
  BufferTooShort: [bytes()],
  WorkerDiedError: [],
  // Functions.
  Client: ['no address', { authkey: bytes(), family: null, ...wait }],
  Pipe: [{ duplex: true }],
  copy: [[]],
  synchronized: [[], new mp.RLock()],
  getContext: ['spawn'],
  getStartMethod: [{ allowNone: false }],
  setStartMethod: ['spawn', { force: true }],
  setForkserverPreload: [[]],
  logToStderr: ['INFO'],
  onExit: [nothing, { priority: 1 }],
  transfer: [{}, []],
  wait: [[ready], wait],
  waitSync: [[ready], wait],
  label: [{}, 'name'],
  onStart: [nothing],
  // Methods.
  put: [1, block],
  putSync: [1, block],
  putNowait: [1],
  get: [block],
  getSync: [block],
  acquire: [block],
  acquireSync: [block],
  guard: [wait],
  guardSync: [wait],
  with: [nothing],
  withSync: [nothing],
  waitFor: [() => true, wait],
  waitForSync: [() => true, wait],
  notify: [1],
  shutdown: [{ immediate: true }],
  send: [1, wait],
  sendSync: [1, wait],
  sendBytes: [bytes(), 0, 1, wait],
  sendBytesSync: [bytes(), 0, 1, wait],
  recvBytes: [8, wait],
  recvBytesSync: [8, wait],
  recvBytesInto: [bytes(), 0, wait],
  recvBytesIntoSync: [bytes(), 0, wait],
  apply: [nothing, [], { ...task, kwds: {} }],
  applySync: [nothing, [], { ...task, kwds: {} }],
  applyAsync: [nothing, [], { ...task, kwds: {}, callback: nothing, errorCallback: nothing }],
  map: [nothing, [1], map],
  mapSync: [nothing, [1], map],
  mapAsync: [nothing, [1], map],
  imap: [nothing, [1], map],
  imapUnordered: [nothing, [1], map],
  starmap: [nothing, [[1]], map],
  starmapSync: [nothing, [[1]], map],
  starmapAsync: [nothing, [[1]], map],
  register: [
    'Name',
    Map,
    { exposed: ['get'], methodToTypeid: { get: 'Name' }, proxytype: undefined, createMethod: true },
  ],
  start: [{ initializer: nothing, initargs: [] }],
  startSync: [{ initializer: nothing, initargs: [] }],
  callMethod: ['get', [0]],
  callMethodSync: ['get', [0]],
  log: ['INFO', 'text'],
  // What takes options alone is called with these.
  '': [wait, 1],
  // Of shared memory, and of what managers hold.
  set: [0, 1],
  fill: [1, 0, 1],
  add: [1],
  compareExchange: [1, 2],
  exchange: [1],
};

/** The error messages of engines, where a value is not what their languages' operations need. */
const RAW = new RegExp(
  [
    'Cannot (read|set|destructure|convert|mix|use|assign|add|create|access|delete|define|perform)',
    "(can't|cannot) (access|convert|assign|define|delete|set|redefine)",
    'is not (a function|a constructor|iterable|an object|async iterable|callable|a number|valid)',
    'is (null|undefined|not defined|read-only)',
    '(undefined|null) has no',
    'Right side of assignment',
    'Invalid (value used|array length|attempt|URL|typed array)',
    'invalid (array length|.*argument)',
    'Spread syntax',
    'Iterator (value|result)',
    'Failed to (execute|construct)|does not implement interface|is not of type|Argument \\d|Type error|Not enough',
    'serialize( a)? BigInt|serialized in',
    'Maximum call stack|too much recursion',
    'private (field|member|name)',
    'Object prototype|has no properties|No default value|Symbol value|symbol to|BigInt (value|to)|incompatible',
  ].join('|'),
);

/** As one would write it, about. */
function say(value: unknown): string {
  if (typeof value === 'function') return '() => {}';
  if (typeof value !== 'object' || value === null) return String(value);
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (Array.isArray(value)) return `[${value.map(say).join(', ')}]`;
  if (prototype === null) return 'Object.create(null)';
  if (prototype !== Object.prototype) return prototype.constructor.name;
  return `{ ${Object.entries(value)
    .map(([key, it]) => `${key}: ${say(it)}`)
    .join(', ')} }`;
}

/** The good arguments with a wrong one in each place, and in each option. */
function* trials(good: readonly unknown[]): Generator<unknown[]> {
  yield [];
  for (const [place, right] of good.entries()) {
    for (const wrong of WRONG) yield good.with(place, wrong) as unknown[];
    if (right?.constructor !== Object) continue;
    for (const name of Object.keys(right)) {
      for (const wrong of WRONG) yield good.with(place, { ...right, [name]: wrong }) as unknown[];
    }
  }
}

function isRaw(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof ReferenceError || RAW.test(error.message);
}

/** Calls it in all those ways; `end` lets what still waits then come to its end. Answers what came that is raw. */
export async function tried(
  name: string,
  good: readonly unknown[],
  call: (args: unknown[]) => unknown,
  end: () => unknown = nothing,
): Promise<string[]> {
  const found: string[] = [];
  const answers: Promise<unknown>[] = [];
  for (const args of trials(good)) {
    const note = (error: unknown): void => {
      if (isRaw(error)) found.push(`${name}(${args.map(say).join(', ')}): ${(error as Error).message}`);
    };
    try {
      answers.push(Promise.resolve(call(args)).catch(note));
    } catch (error) {
      note(error);
    }
  }
  await end();
  await Promise.all(answers);
  return found;
}

/** Good arguments for what has that name, and is of that class; those of the twin are the same. */
export const goodFor = (name: string, owner = ''): readonly unknown[] => {
  const known = [`${owner}.${name}`, name, name.replace(/Sync$/, '')].find((key) => Object.hasOwn(GOOD, key));
  return GOOD[known ?? ''] as readonly unknown[];
};

/** The names of what an object can be called by, or be given: those of its own classes, not of the language's. */
export function membersOf(it: object): [name: string, isSetter: boolean][] {
  const members = new Map<string, boolean>();
  for (let at = it; !LANGUAGE.has(at); at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value, set }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (members.has(name) || name === 'constructor' || /^[A-Z]/.test(name)) continue;
      if (set !== undefined || typeof value === 'function') members.set(name, set !== undefined);
    }
  }
  return [...members];
}

const LANGUAGE = new Set<unknown>([Object.prototype, Function.prototype, Object.getPrototypeOf(Int32Array.prototype)]);
