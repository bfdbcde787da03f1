import { poolBeyondCases } from './cases/pool_beyond.ts';
import { contract } from './contract.ts';

contract('pool beyond', poolBeyondCases);
