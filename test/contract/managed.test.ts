import { managedCases } from './cases/managed.ts';
import { contract } from './contract.ts';

contract('managed', managedCases);
