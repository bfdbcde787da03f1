// Runs without isolation, too.

import { managerCases } from './cases/manager.ts';
import { contract } from './contract.ts';

contract('manager', managerCases);
