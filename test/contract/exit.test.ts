// Runs without isolation, too, in Chromium.

import { exitCases } from './cases/exit.ts';
import { contract } from './contract.ts';

contract('exit', exitCases);
