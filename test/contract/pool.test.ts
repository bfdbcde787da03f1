// Runs without isolation, too, in Chromium.

import { poolCases } from './cases/pool.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('pool', poolCases, { drivers: ['sync'] });
