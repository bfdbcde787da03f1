// Runs without isolation, too, in Chromium.

import { rlockCases } from './cases/rlock.ts';
import { contract } from './contract.ts';

contract('rlock', rlockCases);
