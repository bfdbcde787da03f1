// Runs without isolation, too.

import { joinableQueueCases } from './cases/joinable_queue.ts';
import { contract } from './contract.ts';

contract('joinable queue', joinableQueueCases);
