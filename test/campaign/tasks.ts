// What the processes of the campaign run.

import { type Driver, drivers } from '../contract/harness.ts';
import { survivorsOf, Victim } from './role.ts';
import { roleNamed } from './roles.ts';
import { arm, halt, NOWHERE, STARTED } from './step.ts';

/** Where a victim is to stop: at the `hit`-th time that it is at a step. */
export interface Aim {
  readonly driver: Driver['name'];
  readonly label: number;
  readonly hit: number;
}

/** A victim that has not come to where it is to stop within so many turns and milliseconds gives up. */
const MOST_TURNS = 100;
const MOST_MS = 150;

/** Takes turns until it is at the step that it is to be killed at, and stays there. */
export async function victim(
  roleName: string,
  objects: object,
  { driver, label, hit }: Aim,
  id: number,
  control: Int32Array,
  hits: Int32Array,
): Promise<never> {
  const role = roleNamed(roleName);
  const me = new Victim(id, control);
  Atomics.store(control, STARTED, 1);
  arm(control, hits, label, hit);
  const end = performance.now() + MOST_MS;
  for (; me.turn < MOST_TURNS && performance.now() < end; me.turn++) {
    await role.victim(objects, drivers[driver], me);
  }
  halt(NOWHERE);
}

/** Words by which the page and the survivors of an episode speak: survivor i has those at i. */
export const MOST_SURVIVORS = 8;
/** What it is to do: go on while even, stand still while odd. */
export const ASKED = 0;
/** What it was asked when it last stood still. */
export const STOOD = MOST_SURVIVORS;
/** How many turns it has taken. */
export const TURNS = 2 * MOST_SURVIVORS;

/** It is to end. */
export const END = -1;
/** The turns of one that has nothing more to do. */
export const ALL_TURNS = 1 << 30;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const isWindow = 'document' in globalThis;
const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Takes turns until it is told to end. */
export async function survivor(
  roleName: string,
  objects: object,
  driver: Driver['name'],
  index: number,
  state: Int32Array,
): Promise<void> {
  const turn = survivorsOf(roleNamed(roleName))[index];
  if (!turn) throw new Error(`${roleName} has no survivor ${index}`);
  const rest = (ms: number): unknown => {
    // Others need a processor, too.
    if (isWindow || driver === 'async') return sleep(ms);
    return Atomics.wait(nothing, 0, 0, ms);
  };
  for (;;) {
    const asked = Atomics.load(state, ASKED + index);
    if (asked === END) return;
    if (asked & 1) {
      Atomics.store(state, STOOD + index, asked);
      await rest(1);
      continue;
    }
    const outcome = await turn(objects, drivers[driver], index + 1);
    if (outcome === 'end') {
      Atomics.store(state, TURNS + index, ALL_TURNS);
      return;
    }
    if (outcome !== false) Atomics.add(state, TURNS + index, 1);
    if (isWindow || Math.random() < 0.75) await rest(2 * Math.random());
  }
}
