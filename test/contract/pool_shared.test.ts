// Runs without isolation, too, in Chromium.

import { poolSharedCases } from './cases/pool_shared.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('pool shared', poolSharedCases, { drivers: ['sync'] });
