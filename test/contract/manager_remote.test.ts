// Runs without isolation, too.

import { managerRemoteCases } from './cases/manager_remote.ts';
import { contract } from './contract.ts';

contract('manager remote', managerRemoteCases);
