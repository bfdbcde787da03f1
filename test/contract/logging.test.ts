// Runs without isolation, too.

import { loggingCases } from './cases/logging.ts';
import { contract } from './contract.ts';

contract('logging', loggingCases);
