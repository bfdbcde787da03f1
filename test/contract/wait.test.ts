// Runs without isolation, too.

import { waitCases } from './cases/wait.ts';
import { contract } from './contract.ts';

contract('wait', waitCases);
