// Runs without isolation, too.

import { deadlineCases } from './cases/deadlines.ts';
import { contract } from './contract.ts';

contract('deadlines', deadlineCases, { drivers: ['async'] });
