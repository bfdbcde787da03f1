import { poolBeyondCases } from './cases/pool_beyond.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('pool beyond', poolBeyondCases, { drivers: ['sync'] });
