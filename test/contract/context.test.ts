import { contract } from './contract.ts';
import { contextCases } from './cases/context.ts';

contract('context', contextCases);
