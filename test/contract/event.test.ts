// Runs without isolation, too.

import { eventCases } from './cases/event.ts';
import { contract } from './contract.ts';

contract('event', eventCases);
