import { queueEndCases } from './cases/queue_end.ts';
import { contract } from './contract.ts';

contract('queue end', queueEndCases);
