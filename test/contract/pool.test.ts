import { poolCases } from './cases/pool.ts';
import { contract } from './contract.ts';

contract('pool', poolCases);
