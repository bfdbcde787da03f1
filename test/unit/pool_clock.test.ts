// What counts for a time limit: the time in which a task could work.

import { assert } from 'chai';
import { ITEM, makeSlots, slotIn, TICKS } from '../../src/pool/board.ts';
import { LOOK } from '../../src/pool/clock.ts';
import { Stopwatch } from '../../src/pool/owner/stopwatch.ts';
import { it } from '../engines/vitest.ts';

/** A worker's slot and its owner's watch, from the moment at which an item begins. */
function begin() {
  const slot = slotIn(makeSlots(1), 0);
  const watch = new Stopwatch();
  let at = 1000;
  slot[ITEM] = 1;
  assert.equal(watch.read(slot, at), 0);
  return {
    /** Time passes; answers what has counted. With `ticks` the worker's event loop turns so long. */
    after(ms: number, ticks = 0): number {
      at += ms;
      slot[TICKS] = (slot[TICKS] as number) + ticks;
      return watch.read(slot, at);
    },
    next(): number {
      slot[ITEM] = (slot[ITEM] as number) + 1;
      return watch.read(slot, at);
    },
    rest(): number {
      slot[ITEM] = 0;
      return watch.read(slot, at);
    },
  };
}

it('a limit counts from look to look, for each item anew', () => {
  const item = begin();
  assert.equal(item.after(LOOK), LOOK);
  assert.equal(item.after(LOOK), 2 * LOOK);
  assert.equal(item.next(), 0);
  assert.equal(item.after(100), 100);
  assert.equal(item.rest(), 0);
  assert.equal(item.after(LOOK), 0);
});

it('fault 44: page and workers that stood still together use next to nothing of a limit', () => {
  const waiting = begin();
  assert.equal(waiting.after(LOOK, LOOK), LOOK);
  // The tab was frozen: no ticks.
  assert.equal(waiting.after(20_000), LOOK);
  assert.equal(waiting.after(60_000), LOOK);
  assert.equal(waiting.after(LOOK, LOOK), 2 * LOOK);
  const computing = begin();
  computing.after(LOOK);
  assert.equal(computing.after(3_600_000), 2 * LOOK);
});

it('a clock that is set back takes nothing off', () => {
  const item = begin();
  item.after(LOOK);
  assert.equal(item.after(-3_600_000), LOOK);
  assert.equal(item.after(LOOK), 2 * LOOK);
});

it('a task that waits is measured though its page looks once a minute, or is busy itself', () => {
  const item = begin();
  assert.equal(item.after(60_000, 59_800), 59_800);
  assert.equal(item.after(60_000, 60_100), 119_900);
});

it('a task that computes is over its limit some time, however seldom its page looks', () => {
  const item = begin();
  let passed = 0;
  for (let looks = 0; passed < 10_000 && looks < 100; looks++) passed = item.after(60_000);
  assert.isAtLeast(passed, 10_000);
});
