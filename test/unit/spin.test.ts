// Adaptive spinning, by a virtual clock: two sides pass a token on, one look or one wake-up after the other.

import { describe, expect, it } from 'vitest';
import { AdaptiveSpin } from '../../src/memory/spin.ts';

/** Microseconds that a wake-up takes, that a long look takes at most, and that a side works before it passes the token on. */
const WAKE = 60;
const LONG = 100;
const WORK = 1;

interface Policy {
  pays(): boolean;
  note(found: boolean): void;
}

interface Side {
  readonly spin: Policy;
  since: number;
  looks: boolean;
}

const always = (): Policy => ({ pays: () => true, note: () => {} });
const never = (): Policy => ({ pays: () => false, note: () => {} });
const adaptive = (): Policy => new AdaptiveSpin();

/**
 * Microseconds for each handover. Where the sides share a core, one begins only when the other has parked; else a side that looks has the
 * token at once, and one that has parked has to be woken.
 */
function handover(policy: () => Policy, count: number, isOneCore: (handover: number) => boolean): number {
  /** Whether each side looks for the token, and since when. */
  const sides = [policy(), policy()].map((spin): Side => ({ spin, since: 0, looks: false }));
  let time = 0;
  for (let i = 0; i < count; i++) {
    const [from, to] = (i % 2 ? sides.toReversed() : sides) as [Side, Side];
    time += WORK;
    // `from` passes the token on, and waits for it from now on.
    from.since = time;
    from.looks = from.spin.pays();
    if (isOneCore(i)) {
      // `to` has no core until `from` has looked in vain.
      if (from.looks) {
        time += LONG;
        from.spin.note(false);
        from.looks = false;
      }
      time += WAKE;
    } else if (to.looks) {
      const found = time - to.since <= LONG;
      to.spin.note(found);
      if (!found) time += WAKE;
    } else time += WAKE;
    to.looks = false;
  }
  return time / count;
}

const free = (): boolean => false;
const shared = (): boolean => true;

describe('adaptive spinning', () => {
  it('looks at each wait where that pays', () => {
    const spin = new AdaptiveSpin();
    for (let i = 0; i < 100; i++) {
      expect(spin.pays()).toBe(true);
      spin.note(true);
    }
  });

  it('parks at once after looks in vain, twice as often each time, but never gives up for good', () => {
    const spin = new AdaptiveSpin();
    const rows: number[] = [];
    for (let i = 0; i < 8; i++) {
      spin.note(false);
      let row = 0;
      while (!spin.pays()) row++;
      rows.push(row);
    }
    expect(rows).toEqual([1, 3, 7, 15, 31, 31, 31, 31]);
    spin.note(true);
    expect(spin.pays()).toBe(true);
    spin.note(false);
    expect([spin.pays(), spin.pays()]).toEqual([false, true]);
  });

  it('costs no wake-ups where both sides have a core', () => {
    expect(handover(adaptive, 10_000, free)).toBeLessThan(1.1 * handover(always, 10_000, free));
  });

  it('costs next to nothing where they share one', () => {
    const floor = handover(never, 10_000, shared);
    expect(handover(always, 10_000, shared)).toBeGreaterThan(2 * floor);
    expect(handover(adaptive, 10_000, shared)).toBeLessThan(1.1 * floor);
  });

  it('finds back within some wake-ups when there are cores again, and when there are none', () => {
    const half = (i: number): boolean => i % 10_000 < 5000;
    const best = (handover(never, 1, shared) + handover(always, 2, free)) / 2;
    expect(handover(adaptive, 100_000, half)).toBeLessThan(1.2 * best);
  });
});
