import { queueCases } from './cases/queue.ts';
import { contract } from './contract.ts';

contract('queue', queueCases);
