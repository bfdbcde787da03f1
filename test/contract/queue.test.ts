// Runs without isolation, too.

import * as mp from '../../src/index.ts';
import { queueCasesOf } from './cases/queue.ts';
import { contract } from './contract.ts';

contract('queue', queueCasesOf(mp.Queue));
