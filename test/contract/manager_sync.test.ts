// Runs without isolation, too, in Chromium.

import { managerSyncCases } from './cases/manager_sync.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('manager sync', managerSyncCases, { drivers: ['sync'] });
