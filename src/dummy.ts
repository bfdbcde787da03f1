/**
 * The names of `web-multiprocessing`, run in this very realm: processes are async tasks, and nothing is asked of the world. For the
 * tests of an app in Node, jsdom or happy-dom, and for rendering on a server, where the configuration says that this is
 * `web-multiprocessing`. Values are copied as on their way to another process; what is not registered travels all the same.
 *
 * What follows an `await` cannot know whose it is: `currentProcess()` and `parentProcess()` tell a process who it is before that.
 * `terminate()` ends a process for all others, but its functions run on until they wait for something of this library.
 *
 * Python: `multiprocessing.dummy`.
 *
 * @module web-multiprocessing/dummy
 */

import { DummyJoinableQueue, DummyQueue, DummySimpleQueue, dummyPipe } from './dummy/data.ts';
import { DummyBaseManager, DummySyncManager, dummyManager } from './dummy/manager.ts';
import { DummyPool } from './dummy/pool.ts';
import { DummyProcess } from './dummy/process.ts';
import { DummyListener, dummyClient } from './dummy/remote.ts';
import { dummyCapabilities, neverFrozen, setDummyExecutable } from './dummy/world.ts';
import { common, contextsOf } from './entry/context.ts';
import type { Process } from './process/process.ts';
import { childrenHere, parentHere, selfHere } from './process/process.ts';

export * from './index.ts';

/** As that of the root; after a process's first `await` it answers for the main process. Python: `current_process()`. */
const currentProcess = (): Process => selfHere(DummyProcess);
/** As that of the root; after a process's first `await` it answers for the main process. Python: `parent_process()`. */
const parentProcess = (): Process | null => parentHere(DummyProcess);
/** As that of the root; after a process's first `await` it answers for the main process. Python: `active_children()`. */
const activeChildren = (): Process[] => childrenHere(DummyProcess);

/** As that of the root: the start methods differ in nothing here. Python: `get_context()`. */
const getContext = contextsOf({
  common: {
    ...common,
    Pipe: dummyPipe,
    Queue: DummyQueue,
    JoinableQueue: DummyJoinableQueue,
    SimpleQueue: DummySimpleQueue,
    activeChildren,
    currentProcess,
    parentProcess,
    freezeSupport: neverFrozen,
    setExecutable: setDummyExecutable,
  },
  Process: DummyProcess,
  Pool: DummyPool,
  Manager: dummyManager,
});

export {
  activeChildren,
  currentProcess,
  DummyBaseManager as BaseManager,
  DummyJoinableQueue as JoinableQueue,
  DummyListener as Listener,
  DummyPool as Pool,
  DummyProcess as Process,
  DummyQueue as Queue,
  DummySimpleQueue as SimpleQueue,
  DummySyncManager as SyncManager,
  dummyCapabilities as capabilities,
  dummyClient as Client,
  dummyManager as Manager,
  dummyPipe as Pipe,
  getContext,
  neverFrozen as freezeSupport,
  parentProcess,
  setDummyExecutable as setExecutable,
};
