import { queueLoadCases } from './cases/queue_load.ts';
import { contract } from './contract.ts';

contract('queue load', queueLoadCases);
