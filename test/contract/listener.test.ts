// Runs without isolation, too, in Chromium.

import { listenerCases } from './cases/listener.ts';
import { contract } from './contract.ts';

contract('listener', listenerCases, { drivers: ['async'] });
