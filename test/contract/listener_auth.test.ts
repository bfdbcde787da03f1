// Runs without isolation, too, in Chromium.

import { listenerAuthCases } from './cases/listener_auth.ts';
import { contract } from './contract.ts';

contract('listener, auth', listenerAuthCases, { drivers: ['async'] });
