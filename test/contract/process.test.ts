// Runs without isolation, too, in Chromium.

import { processCases } from './cases/process.ts';
import { contract } from './contract.ts';

contract('process', processCases);
