// Who holds which end of a pipe: one slot for each Connection, in whatever process.
//
//   word   0          CHANGES   counts the slots that were filled or handed on
//          1          FILENO    number of end 0, and one less than that of end 1; 0 until somebody asks
//          2 ..       slots     of end 0 at even words, of end 1 at odd ones
//
//   slot   0 ---------> pid     enter(): this process holds the end
//          pid -------> 0       leave()
//          pid -------> child   bequeath(): the slot is that of a process that is about to start, or to get a pool's task
//          giver -----> pid     takeOver(): the slot came with a result; until then it is that of who sent it
//          ended pid -> pid     enter(): nobody else cleans up after the dead
//
// Whoever looks for holders may pass a slot just before it is filled, and reach another just after it was left by the very
// process that filled the first. So a look that finds nobody counts only if CHANGES stood still.

import { pid, UNBORN } from '../base/thread.ts';
import { InvalidStateError } from '../errors.ts';
import { allocate, ceilingOf, reachSize } from './buffer.ts';
import { hasEnded, table } from './processes.ts';
import { FILES } from './table.ts';

const CHANGES = 0;
const FILENO = 1;
const SLOTS = 2;

const FIRST_BYTES = 64;
/** Some 8,000 connections to one end at a time. */
const MOST_BYTES = 1 << 16;
/** 0, 1 and 2 are others in Python. */
const FIRST_FILENO = 3;

/** Which end of a pipe. */
export type End = 0 | 1;

export const makeHolders = (): SharedArrayBuffer => allocate(FIRST_BYTES, MOST_BYTES);

/** What this thread entered before it knew its pid, while the modules of its worker were still being evaluated. */
let unborn: [holders: Int32Array, slot: number][] = [];

/** This process holds that end; answers the slot. */
export function enter(holders: Int32Array, end: End): number {
  for (;;) {
    for (let slot = SLOTS + end; slot < holders.length; slot += 2) {
      const seen = Atomics.load(holders, slot);
      if ((seen !== 0 && isAlive(seen)) || Atomics.compareExchange(holders, slot, seen, pid) !== seen) continue;
      Atomics.add(holders, CHANGES, 1);
      if (pid === UNBORN) unborn.push([holders, slot]);
      return slot;
    }
    reach(holders.buffer as SharedArrayBuffer);
  }
}

function reach(buffer: SharedArrayBuffer): void {
  const bytes = buffer.byteLength * 2;
  if (bytes > ceilingOf(buffer) || !reachSize(buffer, bytes)) {
    throw new InvalidStateError('too many connections to one end of a pipe; close some');
  }
}

/** The slot is given up. */
export function leave(holders: Int32Array, slot: number): void {
  unborn = unborn.filter(([others, other]) => others !== holders || other !== slot);
  Atomics.store(holders, slot, 0);
}

/** From now on the slot is that of a process that has not got it yet, but will; 0 gives it up. */
export function bequeath(holders: Int32Array, slot: number, heir: number): void {
  Atomics.store(holders, slot, heir);
  Atomics.add(holders, CHANGES, 1);
}

/** The slot that the giver entered for whoever gets it is this process's; a new one where the giver ended, and it was taken. */
export function takeOver(holders: Int32Array, end: End, slot: number, giver: number): number {
  const seen = Atomics.compareExchange(holders, slot, giver, pid);
  if (seen !== giver && seen !== pid) return enter(holders, end);
  Atomics.add(holders, CHANGES, 1);
  return slot;
}

/** Others will see what this thread entered: under its pid, now that it has one. */
export function noteOwnPid(): void {
  for (const [holders, slot] of unborn) bequeath(holders, slot, pid);
  unborn = [];
}

/** Does a process that has not ended hold that end? */
export function isHeld(holders: Int32Array, end: End): boolean {
  for (;;) {
    const changes = Atomics.load(holders, CHANGES);
    for (let slot = SLOTS + end; slot < holders.length; slot += 2) {
      const holder = Atomics.load(holders, slot);
      if (holder !== 0 && isAlive(holder)) return true;
    }
    if (Atomics.load(holders, CHANGES) === changes) return false;
  }
}

const isAlive = (holder: number): boolean => holder === pid || holder === UNBORN || !hasEnded(holder);

/** A small number for that end, the same in all processes. */
export function filenoOf(holders: Int32Array, end: End): number {
  if (Atomics.load(holders, FILENO) === 0) {
    Atomics.compareExchange(holders, FILENO, 0, FIRST_FILENO + Atomics.add(table(), FILES, 2));
  }
  return Atomics.load(holders, FILENO) + end;
}

/** Gives end 0 of a new pipe that number. */
export const number = (holders: Int32Array, fileno: number): void => {
  Atomics.store(holders, FILENO, fileno);
};
