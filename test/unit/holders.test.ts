// Who holds an end: slots, and what becomes of them.

import { expect, it } from 'vitest';
import { pid } from '../../src/base/thread.ts';
import { bequeath, enter, filenoOf, isHeld, leave, makeHolders } from '../../src/memory/holders.ts';
import { table } from '../../src/memory/processes.ts';
import { add, finish } from '../../src/memory/table.ts';

it('an end is held as long as anybody holds it', () => {
  const holders = new Int32Array(makeHolders());
  expect(isHeld(holders, 0)).toBe(false);
  const first = enter(holders, 0);
  const second = enter(holders, 0);
  expect(first).not.toBe(second);
  expect([isHeld(holders, 0), isHeld(holders, 1)]).toEqual([true, false]);
  leave(holders, first);
  expect(isHeld(holders, 0)).toBe(true);
  leave(holders, second);
  expect(isHeld(holders, 0)).toBe(false);
});

it('a slot is handed on, does not count when its process has ended, and is then used again', () => {
  const holders = new Int32Array(makeHolders());
  const slot = enter(holders, 1);
  const child = add(table(), pid);
  bequeath(holders, slot, child);
  expect(isHeld(holders, 1)).toBe(true);
  finish(table(), child, 0);
  expect(isHeld(holders, 1)).toBe(false);
  expect(enter(holders, 1)).toBe(slot);
  bequeath(holders, slot, 0);
  expect(isHeld(holders, 1)).toBe(false);
});

it('there is room for thousands, and a clear error beyond', () => {
  const holders = new Int32Array(makeHolders());
  const slots: number[] = [];
  for (let i = 0; i < 8000; i++) slots.push(enter(holders, 0));
  expect(new Set(slots).size).toBe(8000);
  expect(isHeld(holders, 1)).toBe(false);
  expect(() => {
    for (;;) enter(holders, 0);
  }).toThrow('too many connections to one end of a pipe; close some');
  leave(holders, slots[4000] as number);
  expect(enter(holders, 0)).toBe(slots[4000]);
});

it('each end has a number of its own', () => {
  const [a, b] = [new Int32Array(makeHolders()), new Int32Array(makeHolders())];
  expect(new Set([filenoOf(a, 0), filenoOf(a, 1), filenoOf(b, 1), filenoOf(b, 0)]).size).toBe(4);
  expect(filenoOf(a, 1)).toBe(filenoOf(a, 0) + 1);
});
