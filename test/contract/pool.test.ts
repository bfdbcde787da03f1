// Runs without isolation, too, in Chromium.

import { poolCases } from './cases/pool.ts';
import { contract } from './contract.ts';

contract('pool', poolCases);
