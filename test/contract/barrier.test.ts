// Runs without isolation, too, in Chromium.

import { barrierCases } from './cases/barrier.ts';
import { contract } from './contract.ts';

contract('barrier', barrierCases);
