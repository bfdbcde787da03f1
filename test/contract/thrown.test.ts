// Runs without isolation, too, in Chromium.

import { thrownCases } from './cases/thrown.ts';
import { contract } from './contract.ts';

contract('thrown', thrownCases);
