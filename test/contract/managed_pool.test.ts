// Runs without isolation, too, in Chromium.

import { managedPoolCases } from './cases/managed_pool.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('managed pool', managedPoolCases, { drivers: ['sync'] });
