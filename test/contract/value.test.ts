import { valueCases } from './cases/value.ts';
import { contract } from './contract.ts';

contract('value', valueCases);
