import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as targets from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, start } from '../harness.ts';

export const familyCases: Cases = {
  'DMN-01 DMN-02 daemon is the creator’s unless given, and fixed at start': async (d) => {
    assert.isFalse(new mp.Process().daemon);
    assert.isTrue(new mp.Process({ daemon: true }).daemon);
    const child = new mp.Process({ target: targets.daemonFlag });
    child.daemon = true;
    child.start();
    assert.deepEqual(await d.result(child), { own: true, child: true });
    assert.instanceOf(
      await errorOf(() => {
        child.daemon = false;
      }),
      mp.InvalidStateError,
    );
  },

  'DMN-05 a process with a living child has not ended': async (d) => {
    const child = start(targets.leaveChild, 400);
    assert.isAtLeast(await duration(() => d.join(child)), 395);
    assert.equal(child.exitcode, 0);
  },

  'DMN-07 MISC-02 children of a terminated process live on, daemons too, and see that it ended': async (d) => {
    for (const daemon of [false, true]) {
      const notes = new mp.Queue<boolean>();
      const parent = start(targets.parentOfOrphan, notes as mp.Queue, daemon);
      assert.isTrue(await d.get(notes));
      parent.terminate();
      await d.join(parent);
      assert.isFalse(await d.get(notes, { timeout: 20_000 }));
    }
  },

  'a daemon may have no children': async (d) => {
    const child = new mp.Process({ target: targets.daemonStartsChild, daemon: true });
    child.start();
    assert.instanceOf(await errorOf(() => d.result(child)), mp.InvalidStateError);
  },

  'MISC-01 the parent’s name and pid': async (d) => {
    const self = mp.currentProcess();
    assert.deepEqual(await d.result(start(targets.parentIs)), { name: self.name, pid: self.pid });
  },

  'MISC-03 a process cannot end its parent': async (d) => {
    const child = start(targets.tryToEndParent);
    const [itself, parent, ...refusals] = (await d.result(child)) as string[];
    const own = mp.currentProcess();
    assert.equal(itself, `<Process name='${child.name}' pid=${child.pid} parent=${own.pid} started>`);
    assert.equal(parent, `<Process name='${own.name}' pid=${own.pid} started>`);
    assert.lengthOf(refusals, 2);
    for (const refusal of refusals) assert.match(refusal, /^InvalidStateError: .* not its parent$/);
  },

  'PROC-39 the text of a process': async (d) => {
    const own = mp.currentProcess().pid;
    const child = new mp.Process({ target: targets.sleep, args: [60_000], name: 'Sleeper', daemon: true });
    assert.equal(String(child), `<Process name='Sleeper' parent=${own} initial daemon>`);
    child.start();
    const { pid } = child;
    assert.equal(String(child), `<Process name='Sleeper' pid=${pid} parent=${own} started daemon>`);
    child.terminate();
    await d.join(child);
    assert.equal(String(child), `<Process name='Sleeper' pid=${pid} parent=${own} stopped exitcode=-SIGTERM daemon>`);
  },

  'MISC-04 MISC-05 activeChildren is a new array of those that live, and lets go of the others': async (d) => {
    const child = start(targets.sleep, 100);
    assert.include(mp.activeChildren() as unknown[], child);
    assert.notStrictEqual(mp.activeChildren(), mp.activeChildren());
    while (mp.activeChildren().length > 0) await targets.sleep(5);
    assert.equal(child.exitcode, 0);
    assert.equal(await d.result(start(targets.childrenAfterJoin)), 10);
  },

  'MISC-08 cpuCount': async () => {
    assert.isAtLeast(mp.cpuCount(), 1);
    assert.isTrue(Number.isInteger(mp.cpuCount()));
  },

  'PROC-01 the current process knows itself': async (d) => {
    const self = mp.currentProcess();
    assert.isTrue(self.isAlive());
    assert.isNull(self.exitcode);
    assert.equal(self.ident, self.pid);
    assert.instanceOf(self.authkey, Uint8Array);
    assert.isAbove(self.authkey.length, 0);
    const child = new mp.Process({ target: targets.selfKnowledge, name: 'me' });
    child.start();
    const known = await d.result(child);
    assert.deepEqual(known, { name: 'me', pid: child.pid, ident: child.pid, alive: true, exitcode: null });
  },

  'MISC-10 the current process cannot be started, joined or waited for; close does nothing': async (d) => {
    const self = mp.currentProcess();
    assert.instanceOf(await errorOf(() => self.start()), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => d.join(self)), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => self.sentinel), RangeError);
    assert.isUndefined(self.close());
    assert.isTrue(self.isAlive());
  },
};
