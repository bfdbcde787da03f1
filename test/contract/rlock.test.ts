// Runs without isolation, too.

import { rlockCases } from './cases/rlock.ts';
import { contract } from './contract.ts';

contract('rlock', rlockCases);
