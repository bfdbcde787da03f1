import { contract } from './contract.ts';
import { exitCases } from './cases/exit.ts';

contract('exit', exitCases);
