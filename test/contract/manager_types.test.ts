import { managerTypesCases } from './cases/manager_types.ts';
import { contract } from './contract.ts';

contract('manager types', managerTypesCases);
