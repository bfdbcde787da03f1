// Runs without isolation, too.

import { semaphoreCases } from './cases/semaphore.ts';
import { contract } from './contract.ts';

contract('semaphore', semaphoreCases);
