import { contract } from './contract.ts';
import { familyCases } from './cases/family.ts';

contract('family', familyCases);
