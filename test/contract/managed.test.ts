// Runs in Chromium alone, but for a soak: a server holds the objects that other suites use in every engine, as do its proxies in `manager`.

import { managedCases } from './cases/managed.ts';
import { contract } from './contract.ts';

// In a worker those that block: what awaits is as in the window.
contract('managed', managedCases, { drivers: ['sync'] });
