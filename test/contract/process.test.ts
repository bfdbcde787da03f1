import { contract } from './contract.ts';
import { processCases } from './cases/process.ts';

contract('process', processCases);
