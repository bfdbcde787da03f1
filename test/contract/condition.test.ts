// Runs without isolation, too, in Chromium.

import { conditionCases } from './cases/condition.ts';
import { contract } from './contract.ts';

contract('condition', conditionCases);
