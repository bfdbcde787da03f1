import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as targets from '../../fixtures/targets.ts';
import { type AnyProcess, type Cases, type Driver, errorOf, start } from '../harness.ts';

async function expectFinalCode(d: Driver, child: AnyProcess, code: number): Promise<void> {
  await d.join(child);
  assert.equal(child.exitcode, code);
  assert.equal(child.exitcode, code);
}

export const exitCases: Cases = {
  'EXIT-01 EXIT-10 a normal return gives 0; before it there is none': async (d) => {
    const child = start(targets.sleep, 50);
    assert.isNull(child.exitcode);
    await expectFinalCode(d, child, 0);
    assert.isFalse(child.failed);
    assert.isNull(child.exception);
  },

  'EXIT-02 EXIT-05 exit takes booleans, null, texts and numbers': async (d) => {
    const codes = [
      [true, 1],
      [false, 0],
      [8, 8],
      [null, 0],
      [undefined, 0],
      [256, 0],
      [257, 1],
      [-1, 255],
      [2 ** 40, 0],
      [1.5, 1],
      ['a text', 1],
    ] as const;
    for (const [code, expected] of codes) await expectFinalCode(d, start(targets.exitWith, code), expected);
    assert.isUndefined(await d.result(start(targets.exitWith, 0)));
    const died = (await errorOf(() => d.result(start(targets.exitWith, 3)))) as mp.WorkerDiedError;
    assert.instanceOf(died, mp.WorkerDiedError);
    assert.equal(died.exitcode, 3);
  },

  'EXIT-03 anything else gives 1, and is told': async (d) => {
    for (const code of [[1, 2, 3], { a: 1 }, [], '', Number.NaN, 2.5]) {
      await expectFinalCode(d, start(targets.exitWith, code as never), 1);
    }
    await expectFinalCode(d, start(targets.exitWith, 258n as never), 2);
  },

  'EXIT-04 EXC-04 an uncaught error gives 1, and the error itself': async (d) => {
    const child = start(targets.fail, 'on purpose');
    await expectFinalCode(d, child, 1);
    assert.isTrue(child.failed);
    const error = child.exception as Error;
    assert.instanceOf(error, TypeError);
    assert.equal(error.message, 'on purpose');
    assert.strictEqual(await errorOf(() => d.result(child)), error);
    assert.match(error.stack ?? '', /\bfail\b/);
    assert.include(error.stack, `pid ${child.pid}`);
  },

  'EXIT-08 every other end gives a code that is not 0, and is noticed': async (d) => {
    for (const target of [targets.closeSelf, targets.rejectUnhandled, targets.throwInTimer]) {
      await expectFinalCode(d, start(target), 1);
    }
    await expectFinalCode(d, start(targets.exitInTimer, 7), 7);
    const child = start(targets.rejectUnhandled);
    await d.join(child);
    assert.equal((child.exception as Error).message, 'nobody handles this');
    const timer = start(targets.throwInTimer);
    await d.join(timer);
    assert.equal((timer.exception as Error).message, 'thrown in a timer');
  },

  'EXC-01 EXC-02 the errors and their families': async () => {
    for (const error of [mp.BufferTooShort, mp.TimeoutError, mp.AuthenticationError, mp.WorkerDiedError]) {
      assert.instanceOf(error.prototype, mp.ProcessError);
    }
    const context = mp.getContext('spawn');
    for (const name of ['ProcessError', 'BufferTooShort', 'TimeoutError', 'AuthenticationError'] as const) {
      assert.strictEqual(context[name] as unknown, mp[name]);
    }
    assert.equal(new mp.TimeoutError('late').name, 'TimeoutError');
    assert.notInstanceOf(new mp.TimeoutError('late'), DOMException);
    assert.instanceOf(new mp.OSError('closed'), mp.InvalidStateError);
  },

  'EXC-05 errors keep class, message, fields, cause and parts': async (d) => {
    const refused = (await errorOf(() => d.result(start(targets.throwRefused)))) as targets.Refused;
    assert.instanceOf(refused, targets.Refused);
    assert.equal(refused.message, 'refused');
    assert.equal(refused.code, 42);
    const outer = (await errorOf(() => d.result(start(targets.throwWithCause)))) as Error;
    assert.instanceOf(outer.cause, RangeError);
    assert.equal((outer.cause as Error).message, 'inner');
    const several = (await errorOf(() => d.result(start(targets.throwAggregate)))) as AggregateError;
    assert.instanceOf(several, AggregateError);
    assert.instanceOf(several.errors[0], TypeError);
    assert.equal(several.errors[1], 'second');
  },

  'EXC-05 the library’s own errors keep their class': async (d) => {
    const error = new mp.BufferTooShort(new Uint8Array([1, 2]));
    const thrown = (await errorOf(() => d.result(start(targets.throwValue, error)))) as mp.BufferTooShort;
    assert.instanceOf(thrown, mp.BufferTooShort);
    assert.deepEqual(thrown.data, new Uint8Array([1, 2]));
    const empty = await errorOf(() => d.result(start(targets.throwValue, new mp.Empty('none'))));
    assert.instanceOf(empty, mp.Empty);
  },

  'any value can be thrown, undefined included': async (d) => {
    for (const value of [null, 0, 'text', { a: 1 }]) {
      const child = start(targets.throwValue, value);
      await d.join(child);
      assert.isTrue(child.failed);
      assert.deepEqual(child.exception, value);
    }
    const child = start(targets.throwUndefined);
    let settled: unknown = 'nothing';
    await d.result(child).catch((error) => {
      settled = error;
    });
    assert.isUndefined(settled);
    assert.isTrue(child.failed);
    assert.equal(child.exitcode, 1);
  },

  'an error that cannot travel whole arrives as its text': async (d) => {
    const child = start(targets.throwUnsendable);
    await d.join(child);
    assert.equal(child.exitcode, 1);
    assert.include((child.exception as Error).message, 'cannot travel whole');
  },

  'FIN-01 exit callbacks run by priority, the newest first; one that was called does not': async (d) => {
    const notes = new mp.SimpleQueue();
    await d.join(start(targets.finalizersInOrder, notes));
    for (const note of ['b', 'd10', 'd03', 'd02', 'd01', 'e', 'STOP']) assert.equal(await d.getSimple(notes), note);
    assert.deepEqual(await d.wait([notes], { timeout: 0 }), []);
  },

  'FIN-03 an exit callback can be cancelled': async (d) => {
    const notes = new mp.SimpleQueue();
    await d.join(start(targets.finalizersCancelled, notes));
    for (const note of [[true, false, true], 'kept', 'STOP']) assert.deepEqual(await d.getSimple(notes), note);
    assert.deepEqual(await d.wait([notes], { timeout: 0 }), []);
  },

  'FIN-04 an exit callback that throws keeps no other from running': async (d) => {
    const notes = new mp.SimpleQueue();
    const child = start(targets.finalizerThrows, notes);
    await d.join(child);
    assert.equal(child.exitcode, 0);
    assert.equal(await d.getSimple(notes), 'last');
  },

  'FIN-05 DMN-04 the order of an end: callbacks, daemons terminated, others joined, late callbacks': async (d) => {
    const notes = new mp.SimpleQueue();
    await d.join(start(targets.orderOfEnd, notes));
    for (const note of ['first', 'child', 'last']) assert.equal(await d.getSimple(notes), note);
    await targets.sleep(400);
    assert.deepEqual(await d.wait([notes], { timeout: 0 }), []);
  },
};
