// Runs without isolation, too, in Chromium.

import { contextCases } from './cases/context.ts';
import { contract } from './contract.ts';

contract('context', contextCases);
