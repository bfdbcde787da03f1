import { sharedMemoryCases } from './cases/shared_memory.ts';
import { contract } from './contract.ts';

contract('shared memory', sharedMemoryCases);
