// Runs without isolation, too, in Chromium.

import { managerTypesCases } from './cases/manager_types.ts';
import { contract } from './contract.ts';

contract('manager types', managerTypesCases);
