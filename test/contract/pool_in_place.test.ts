// Runs in Chromium alone, but for a soak: a task that captures travels as its arguments do, which pool_calls sends in every engine.
// Runs without isolation, too, in Chromium.

import { poolInPlaceCases } from './cases/pool_in_place.ts';
import { contract } from './contract.ts';

// In a worker those that block: those that await are as in the window.
contract('pool in place', poolInPlaceCases, { drivers: ['sync'] });
