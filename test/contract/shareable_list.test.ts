import { shareableListCases } from './cases/shareable_list.ts';
import { contract } from './contract.ts';

contract('shareable list', shareableListCases);
