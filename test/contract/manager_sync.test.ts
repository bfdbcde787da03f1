import { managerSyncCases } from './cases/manager_sync.ts';
import { contract } from './contract.ts';

contract('manager sync', managerSyncCases);
