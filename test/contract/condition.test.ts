// Runs without isolation, too.

import { conditionCases } from './cases/condition.ts';
import { contract } from './contract.ts';

contract('condition', conditionCases);
