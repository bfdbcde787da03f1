// Runs without isolation, too.

import { connectionCases } from './cases/connection.ts';
import { contract } from './contract.ts';

contract('connection', connectionCases);
