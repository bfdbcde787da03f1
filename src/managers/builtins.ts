// The types that every SyncManager has: the names of their methods, which client and server agree on, and the classes of
// their proxies by name.

interface Builtin {
  /** The name of the class of its proxies. */
  readonly look: string;
  readonly methods: readonly string[];
  /** Not methods of the object, but properties: a proxy reads them by a call. */
  readonly read?: readonly string[];
  /** What is a property of the proxy as well. */
  readonly properties?: readonly string[];
  readonly nested?: Readonly<Record<string, string>>;
}

const locking = ['acquire', 'release'];
const queue = ['put', 'get', 'putNowait', 'getNowait', 'qsize', 'empty', 'full', 'close', 'shutdown'];
const list =
  'at get set append extend insert remove index pop count clear copy size push shift unshift slice splice concat join ' +
  'indexOf lastIndexOf includes reverse sort fill copyWithin flat flatMap map filter find findIndex findLast ' +
  'findLastIndex every some reduce reduceRight forEach keys values entries';

export const builtins = {
  dict: {
    look: 'DictProxy',
    methods: 'get set has delete clear keys values entries forEach setdefault update pop popitem copy'.split(' '),
    read: ['size'],
  },
  list: { look: 'ListProxy', methods: list.split(' ') },
  set: {
    look: 'SetProxy',
    methods: 'add has delete clear keys values entries forEach update remove pop copy'.split(' '),
    read: ['size'],
  },
  Namespace: { look: 'NamespaceProxy', methods: ['get', 'set', 'delete', 'has', 'keys'] },
  Value: { look: 'ValueProxy', methods: ['get', 'set'], properties: ['value'] },
  Array: { look: 'ArrayProxy', methods: ['get', 'set', 'size', 'slice'] },
  Queue: { look: 'QueueProxy', methods: queue },
  JoinableQueue: { look: 'JoinableQueueProxy', methods: [...queue, 'taskDone', 'join'] },
  Lock: { look: 'LockProxy', methods: [...locking, 'locked'], properties: ['abandoned'] },
  RLock: { look: 'RLockProxy', methods: [...locking, 'locked'], properties: ['abandoned'] },
  Semaphore: { look: 'SemaphoreProxy', methods: locking },
  BoundedSemaphore: { look: 'SemaphoreProxy', methods: locking },
  Condition: { look: 'ConditionProxy', methods: [...locking, 'wait', 'notify', 'notifyAll'] },
  Event: { look: 'EventProxy', methods: ['isSet', 'set', 'clear', 'wait'] },
  Barrier: {
    look: 'BarrierProxy',
    methods: ['wait', 'reset', 'abort'],
    properties: ['parties', 'nWaiting', 'broken'],
  },
  Pool: {
    look: 'PoolProxy',
    methods: 'apply applyAsync map mapAsync starmap starmapAsync imap imapUnordered close terminate join'.split(' '),
    nested: { applyAsync: 'AsyncResult', mapAsync: 'AsyncResult', starmapAsync: 'AsyncResult' },
  },
  AsyncResult: { look: 'AsyncResultProxy', methods: ['get', 'wait', 'ready', 'successful'] },
  Iterator: { look: 'Iterator', methods: ['next', 'return', 'throw'] },
} as const satisfies Readonly<Record<string, Builtin>>;

export type BuiltinName = keyof typeof builtins;

export const builtinNamed = (typeid: string): Builtin | undefined =>
  Object.hasOwn(builtins, typeid) ? builtins[typeid as BuiltinName] : undefined;
