import { contract } from './contract.ts';
import { lockCases } from './cases/lock.ts';

contract('lock', lockCases);
