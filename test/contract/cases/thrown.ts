// Whatever is thrown, those who wait for it hear of it, and nobody else is disturbed.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import { pid as ownPid } from '../../fixtures/pool.ts';
import * as thrown from '../../fixtures/thrown.ts';
import { type Cases, errorOf, start } from '../harness.ts';

const kinds = Object.keys(thrown.odd);

class Base extends mp.BaseManager {}
const ThrowerManager = Base.register('Thrower', thrown.Thrower);

/** Those whose text, or whose number, says what they are where they arrive. */
const TOLD = /odd|\[object Object\]|42|undefined|null|cannot be read|without a text|Proxy|symbol/i;

function expectTold(error: unknown, kind: string): void {
  let text = '';
  if (error instanceof Error) {
    const left = (error as Error & { [mp.leftBehind]?: readonly string[] })[mp.leftBehind] ?? [];
    text = [`${error.name}: ${error.message}`, ...left].join('\n');
  } else text = typeof error === 'object' ? JSON.stringify(error) : String(error);
  assert.match(text, TOLD, kind);
}

export const thrownCases: Cases = {
  'fault 04 04b: a task may throw anything: its call rejects, and its worker lives': async (d) => {
    await using pool = new mp.Pool(1);
    const pid = await pool.apply(ownPid, [0]);
    for (const kind of kinds) {
      expectTold(await errorOf(() => d.call(pool, 'apply', thrown.throwOdd as never, [kind] as never)), kind);
    }
    assert.equal(await pool.apply(ownPid, [0]), pid);
  },

  'fault 04: a process may end by anything: with its exit code, and what it threw': async (d) => {
    const some = kinds.filter((kind) => /array|stack that throws|message that throws|revoked|frozen/.test(kind));
    const processes = some.map((kind) => start(thrown.throwOdd, kind));
    const later = some.map((kind) => start(thrown.throwOddLater, kind));
    for (const [i, process] of [...processes, ...later].entries()) {
      await d.join(process);
      assert.equal(process.exitcode, 1, some[i % some.length]);
      expectTold(await errorOf(() => d.result(process)), some[i % some.length] as string);
    }
  },

  'fault 04: nothing at all, thrown in a timer, arrives as that': async (d) => {
    for (const nothing of [undefined, null]) {
      const process = start(thrown.throwOddLater, `only ${nothing}`);
      await d.join(process);
      assert.equal(process.exitcode, 1);
      let caught: unknown = 'nothing';
      await d.result(process).catch((error: unknown) => {
        caught = error;
      });
      assert.equal(caught, nothing);
    }
  },

  'fault 36: a class whose name cannot be read is still that class': async (d) => {
    const error = await errorOf(() => d.result(start(thrown.failWithoutName)));
    assert.instanceOf(error, thrown.NamelessError);
    assert.equal((error as Error).message, 'odd');
  },

  'fault 04: an initializer may throw anything: no call waits for ever': async (d) => {
    for (const kind of ['a stack that is an array', 'been revoked', 'only null']) {
      await using pool = new mp.Pool(1, { initializer: thrown.throwOdd, initargs: [kind] });
      assert.isDefined(await errorOf(() => d.call(pool, 'apply', ownPid as never, [0] as never)));
    }
  },

  'fault 04: what a manager holds may throw anything, and the manager lives': async (d) => {
    const manager = new ThrowerManager();
    await d.call(manager, 'start');
    try {
      const thrower = await d.call(manager, 'Thrower');
      for (const kind of kinds) {
        expectTold(await errorOf(() => d.call(thrower, 'throwOdd', kind)), kind);
      }
    } finally {
      await d.call(manager, 'shutdown');
    }
  },

  'fault 02 36: a field that cannot travel stays behind alone, by the class of either module': async (d) => {
    const process = start(thrown.failWithField);
    const error = (await errorOf(() => d.result(process))) as thrown.HttpError & { [mp.leftBehind]: string[] };
    assert.instanceOf(error, thrown.HttpError);
    assert.equal(error.message, 'gone');
    assert.equal(error.status, 410);
    assert.notProperty(error, 'retry');
    assert.match(error.stack ?? '', /\bfailWithField\b/);
    assert.lengthOf(error[mp.leftBehind], 1);
    assert.match(error[mp.leftBehind][0] as string, /^retry is a function that is not registered/);
    const cause = error.cause as thrown.HttpError;
    assert.instanceOf(cause, thrown.HttpError);
    assert.equal(cause.message, 'the cause');
    assert.deepEqual(cause.cause, { code: 'E1' });
  },

  'fault 03: own fields that are not enumerable arrive, and functions among them are no reason to refuse it': async (
    d,
  ) => {
    const process = start(thrown.failInvalid);
    const error = (await errorOf(() => d.result(process))) as thrown.InvalidError & {
      issues: unknown;
      format: unknown;
    };
    assert.instanceOf(error, thrown.InvalidError);
    assert.deepEqual(error.issues, [{ path: ['a'] }, { path: ['b'] }]);
    assert.isFalse(Object.prototype.propertyIsEnumerable.call(error, 'issues'));
    assert.deepEqual(Object.keys(error), []);
  },

  'PROC-45 a process whose console throws ends, with the logger on': async (d) => {
    const process = start(thrown.endWithBrokenConsole);
    assert.equal(await d.result(process), 7);
    assert.equal(process.exitcode, 0);
  },
};
