// Runs without isolation, too.

import { poolCallsCases } from './cases/pool_calls.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('pool calls', poolCallsCases, { drivers: ['sync'] });
