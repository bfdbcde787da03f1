// Runs without isolation, too.

import { managerCases } from './cases/manager.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('manager', managerCases, { drivers: ['sync'] });
