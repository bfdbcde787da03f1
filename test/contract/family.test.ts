// Runs without isolation, too, in Chromium.

import { familyCases } from './cases/family.ts';
import { contract } from './contract.ts';

contract('family', familyCases);
