import { contextCases } from './cases/context.ts';
import { contract } from './contract.ts';

contract('context', contextCases);
