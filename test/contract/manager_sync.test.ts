// Runs without isolation, too, in Chromium.

import { managerSyncCases } from './cases/manager_sync.ts';
import { contract } from './contract.ts';

contract('manager sync', managerSyncCases);
