import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as targets from '../../fixtures/targets.ts';
import { type Cases, errorOf } from '../harness.ts';

export const contextCases: Cases = {
  'CTX-01 CTX-10 a context has its method, is always the same object, and its children report it': async (d) => {
    for (const method of mp.getAllStartMethods()) {
      const context = mp.getContext(method);
      assert.equal(context.getStartMethod(), method);
      assert.strictEqual(context.getContext(), context);
      assert.strictEqual(mp.getContext(method), context);
      assert.instanceOf(await errorOf(() => context.setStartMethod('spawn')), RangeError);
      const child = new context.Process({ target: targets.startMethod });
      child.start();
      assert.equal(await d.result(child), method);
    }
  },

  'CTX-02 CTX-08 the method is set once, again by force; unknown ones are refused': async (d) => {
    const old = mp.getStartMethod();
    assert.instanceOf(await errorOf(() => mp.setStartMethod('spawn')), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => mp.getContext('fork' as never)), RangeError);
    assert.instanceOf(await errorOf(() => mp.setStartMethod('toString' as never, { force: true })), RangeError);
    try {
      for (const method of mp.getAllStartMethods()) {
        mp.setStartMethod(method, { force: true });
        assert.equal(mp.getStartMethod(), method);
        assert.strictEqual(mp.getContext(), mp.getContext(method));
        assert.match(new (mp.getContext().Process)().name.toLowerCase(), new RegExp(`^${method}process-`));
        const child = new mp.Process({ target: targets.startMethod });
        child.start();
        assert.equal(await d.result(child), method);
      }
    } finally {
      mp.setStartMethod(old, { force: true });
    }
  },

  'CTX-07 what one context made works in processes of another': async (d) => {
    const queue = new (mp.getContext('spawn').Queue)();
    const child = new (mp.getContext('forkserver').Process)({ target: targets.putAll, args: [queue, [1]] });
    child.start();
    assert.equal(await d.get(queue), 1);
    await d.join(child);
  },

  'CTX-11 a context offers the module’s names': async () => {
    const names =
      'Lock RLock Semaphore BoundedSemaphore Condition Event Barrier Queue JoinableQueue SimpleQueue Pipe Value Array RawValue ' +
      'RawArray cpuCount currentProcess parentProcess activeChildren freezeSupport setExecutable setForkserverPreload ' +
      'getLogger logToStderr ProcessError BufferTooShort TimeoutError AuthenticationError';
    for (const method of mp.getAllStartMethods()) {
      const context = mp.getContext(method);
      for (const name of names.split(' ')) {
        assert.strictEqual(Reflect.get(context, name), Reflect.get(mp, name), name);
        assert.isDefined(Reflect.get(mp, name), name);
      }
      assert.instanceOf(context.Process.prototype, mp.Process);
      assert.instanceOf(context.Pool.prototype, mp.Pool);
    }
  },

  'CTX-11 the process of a context’s manager starts by its method': async () => {
    for (const method of mp.getAllStartMethods()) {
      const context = mp.getContext(method);
      await using manager = await context.Manager();
      assert.instanceOf(manager, mp.SyncManager);
      const list = await manager.list([1, 2]);
      assert.deepEqual(await list.getValue(), [1, 2]);
      const server = mp.activeChildren().find(({ name }) => name.startsWith('SyncManager-'));
      assert.instanceOf(server, context.Process);
    }
    assert.instanceOf(await errorOf(() => new mp.SyncManager({ ctx: 5 as never })), TypeError);
  },

  'CTX-13 CTX-17 the functions of the executable’s modules are usable; refusals of bad arguments': async () => {
    assert.instanceOf(await errorOf(() => mp.setExecutable(5 as never)), TypeError);
    assert.instanceOf(await errorOf(() => mp.setExecutable('x.js', 5 as never)), TypeError);
    assert.instanceOf(await errorOf(() => mp.setForkserverPreload([5 as never])), TypeError);
    mp.setForkserverPreload(['targets']);
  },

  'a warm process is as good as a new one, again and again': async (d) => {
    const { Process } = mp.getContext('forkserver');
    for (let i = 0; i < 8; i++) {
      const child = new Process({ target: targets.add, args: [i, 1] });
      child.start();
      assert.equal(await d.result(child), i + 1);
    }
    const fresh = new Process({ target: targets.setModuleState, args: ['changed'] });
    fresh.start();
    assert.equal(await d.result(fresh), 'fresh');
  },
};
