// Runs without isolation, too.

import { familyCases } from './cases/family.ts';
import { contract } from './contract.ts';

contract('family', familyCases);
