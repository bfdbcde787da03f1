// All scenarios: what scripts/explore.mjs and the unit test run.

import type { Scenario } from '../world.ts';
import { scenarios as data } from './data.ts';
import { scenarios as lock } from './lock.ts';
import { scenarios as managers } from './managers.ts';
import { scenarios as ring } from './ring.ts';
import { scenarios as sync } from './sync.ts';

export const scenarios: readonly Scenario[] = [...lock, ...ring, ...sync, ...data, ...managers];
