// Runs without isolation, too.

import { simpleQueueCases } from './cases/simple_queue.ts';
import { contract } from './contract.ts';

contract('simple queue', simpleQueueCases);
