// Runs without isolation, too.

import { poolCallsCases } from './cases/pool_calls.ts';
import { contract } from './contract.ts';

contract('pool calls', poolCallsCases);
