import { arrayCases } from './cases/array.ts';
import { contract } from './contract.ts';

contract('array', arrayCases);
