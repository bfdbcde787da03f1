// Runs without isolation, too, in Chromium.

import { queueEndCases } from './cases/queue_end.ts';
import { contract } from './contract.ts';

contract('queue end', queueEndCases);
