// Runs without isolation, too, in Chromium.

import { managerRemoteCases } from './cases/manager_remote.ts';
import { contract } from './contract.ts';

contract('manager remote', managerRemoteCases);
