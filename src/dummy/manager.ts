// Managers whose servers are processes of this realm.

import { registerModules } from '../codec/registry.ts';
import { BaseManager } from '../managers/client/manager.ts';
import { SyncManager } from '../managers/client/sync_manager.ts';
import type { Serve } from '../managers/registration.ts';
import type { Process } from '../process/process.ts';
import { DummyProcess } from './process.ts';
import { serveNear } from './server.ts';

/** A BaseManager whose server is a process of this realm. */
class DummyBaseManager extends BaseManager {
  static override readonly Process: typeof Process = DummyProcess;
  static override readonly serve: Serve | undefined = serveNear;

  static {
    Object.defineProperty(this, 'name', { value: 'BaseManager' });
  }
}

/** A SyncManager whose server is a process of this realm. */
class DummySyncManager extends SyncManager {
  static override readonly Process: typeof Process = DummyProcess;
  static override readonly serve: Serve | undefined = serveNear;

  static {
    Object.defineProperty(this, 'name', { value: 'SyncManager' });
    // A manager that arrives is of the same class.
    registerModules({ 'multiprocessing.dummy': { BaseManager: DummyBaseManager, SyncManager: this } });
  }
}

/** As that of the root; the server is a process of this realm. Python: `multiprocessing.dummy.Manager()`. */
const dummyManager = (): Promise<SyncManager> => new DummySyncManager().start();

export { DummyBaseManager, DummySyncManager, dummyManager };
