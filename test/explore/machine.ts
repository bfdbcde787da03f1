// What the explored instance of the library offers to the scheduler, and what scenarios are made with.

import { adopt, isDoomed } from '../../src/memory/processes.ts';
import { add, condemn, enter, makeTable } from '../../src/memory/table.ts';
import { announceChange, announceEnd, type Waiting } from '../../src/memory/wait.ts';
import { step } from './model.ts';
import { type Machine, type Scenario, world } from './world.ts';

const machine: Machine = {
  *boot() {
    return makeTable();
  },
  *enter(table) {
    const pid = add(table, 1);
    enter(table, pid, new Int32Array(2));
    return pid;
  },
  adopt,
  *isDoomed() {
    return isDoomed();
  },
  *kill(table, pid): Waiting<void> {
    step('terminate');
    condemn(table, pid, -15);
    announceChange();
    step('the thread is gone');
    world.drop(pid);
    announceEnd(pid, -15);
  },
};

/** A scenario for this instance. */
export const scenario = (it: Omit<Scenario, 'machine'>): Scenario => ({ ...it, machine });
