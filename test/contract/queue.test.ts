import { contract } from './contract.ts';
import { queueCases } from './cases/queue.ts';

contract('queue', queueCases);
