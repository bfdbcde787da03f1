// Runs without isolation, too.

import { managedPoolCases } from './cases/managed_pool.ts';
import { contract } from './contract.ts';

contract('managed pool', managedPoolCases);
