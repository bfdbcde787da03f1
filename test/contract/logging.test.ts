// Runs without isolation, too, in Chromium.

import { loggingCases } from './cases/logging.ts';
import { contract } from './contract.ts';

contract('logging', loggingCases);
