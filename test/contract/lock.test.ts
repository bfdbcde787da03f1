// Runs without isolation, too.

import { lockCases } from './cases/lock.ts';
import { contract } from './contract.ts';

contract('lock', lockCases);
