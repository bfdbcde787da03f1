import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import { arrival, collect } from '../../../src/process/mailbox.ts';
import * as targets from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, needs, range, start } from '../harness.ts';

export const processCases: Cases = {
  'PROC-02 args may be any iterable': async (d) => {
    const queue = new mp.Queue(1);
    for (const args of [[queue, [1]], new Set([queue, ['str']]), [queue, [[1]]] as const]) {
      const child = new mp.Process({ target: targets.putAll, args: args as never });
      child.start();
      await d.join(child);
      assert.equal(child.exitcode, 0);
      await d.get(queue);
    }
  },

  'PROC-04 right after start it is alive, listed and has a pid': async (d) => {
    const child = new mp.Process({ target: targets.sleep, args: [100] });
    assert.strictEqual(child.pid, null);
    assert.isFalse(child.isAlive());
    assert.notInclude(mp.activeChildren() as unknown[], child);
    child.start();
    assert.isNull(child.exitcode);
    assert.isTrue(child.isAlive());
    assert.include(mp.activeChildren() as unknown[], child);
    assert.isAbove(Number(child.pid), 0);
    assert.equal(child.ident, child.pid);
    await d.join(child);
    assert.equal(child.exitcode, 0);
    assert.isFalse(child.isAlive());
    assert.notInclude(mp.activeChildren() as unknown[], child);
  },

  'PROC-05 the child sees its arguments, its name, the authkey and its pid': async (d) => {
    const queue = new mp.Queue();
    const child = new mp.Process({
      target: targets.describeSelf,
      args: [queue, 1, 2],
      kwargs: { hello: 23, bye: 2.54 },
      name: 'SomeProcess',
    });
    child.start();
    assert.deepEqual(await d.get(queue), {
      args: [1, 2],
      kwargs: { hello: 23, bye: 2.54 },
      name: 'SomeProcess',
      pid: child.pid,
      authkey: new Uint8Array(mp.currentProcess().authkey),
    });
    await d.join(child);
  },

  'PROC-07 join gives up after its timeout and leaves the child alone': async (d) => {
    const child = start(targets.sleep, 60_000);
    for (const timeout of [0, -1]) assert.isUndefined(await d.join(child, { timeout }));
    assert.isAtLeast(await duration(() => d.join(child, { timeout: 200 })), 195);
    assert.isTrue(child.isAlive());
    assert.isNull(child.exitcode);
    child.terminate();
    await d.join(child);
  },

  'PROC-08 join after the end returns at once, any number of times': async (d) => {
    const child = start(targets.nothing);
    for (let i = 0; i < 3; i++) assert.isUndefined(await d.join(child));
  },

  'PROC-09 terminate ends with -15, whatever the child does': async (d) => {
    for (const child of [start(targets.sleep, 60_000), start(targets.sleepSync, 60_000), start(targets.spinForever)]) {
      await targets.sleep(50);
      assert.isTrue(child.isAlive());
      child.terminate();
      await d.join(child);
      assert.equal(child.exitcode, -15);
      assert.isTrue(child.failed);
      assert.isNull(child.exception);
    }
  },

  'terminate ends a child also where the caller is terminated right after it': needs('memory', async (d) => {
    const [words, lock] = [new mp.Array('i', 2), new mp.Lock()];
    const parent = start(targets.terminateHolder, lock, words);
    while (Atomics.load(words, 0) === 0) await targets.sleep(5);
    // From now on this thread dispatches no message.
    Atomics.store(words, 1, 1);
    const end = performance.now() + 10_000;
    while (Atomics.load(words, 0) === 1 && performance.now() < end);
    assert.equal(Atomics.load(words, 0), 2);
    parent.terminate();
    assert.isTrue(await d.acquire(lock, { timeout: 20_000 }));
    lock.release();
    await d.join(parent);
  }),

  'PROC-10 kill ends with -9': async (d) => {
    const child = start(targets.sleep, 60_000);
    child.kill();
    await d.join(child);
    assert.equal(child.exitcode, -9);
  },

  'PROC-11 terminate and kill of what has ended change nothing; twice is fine': async (d) => {
    const ended = start(targets.nothing);
    await d.join(ended);
    ended.terminate();
    ended.kill();
    assert.equal(ended.exitcode, 0);
    const child = start(targets.sleep, 60_000);
    child.terminate();
    child.terminate();
    child.kill();
    await d.join(child);
    assert.equal(child.exitcode, -15);
  },

  'PROC-13 terminate runs neither finally nor exit callbacks': needs('answers', async (d) => {
    const notes = new mp.SimpleQueue();
    const child = start(targets.noteEnd, notes, 'forever');
    assert.equal(await d.getSimple(notes), 'running');
    child.terminate();
    await d.join(child);
    assert.isTrue(notes.empty());
  }),

  'PROC-14 terminate before start throws and leaves it startable': async (d) => {
    const child = new mp.Process({ target: targets.nothing });
    assert.instanceOf(await errorOf(() => child.terminate()), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => child.kill()), mp.InvalidStateError);
    child.start();
    await d.join(child);
    assert.equal(child.exitcode, 0);
  },

  'PROC-16 join before start, or of the current process, throws; so does a second start': async (d) => {
    const child = new mp.Process({ target: targets.nothing });
    assert.instanceOf(await errorOf(() => d.join(child)), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => d.join(mp.currentProcess())), mp.InvalidStateError);
    child.start();
    assert.instanceOf(await errorOf(() => child.start()), mp.InvalidStateError);
    await d.join(child);
    assert.instanceOf(await errorOf(() => child.start()), mp.InvalidStateError);
  },

  'PROC-17 close refuses a running process, and then ends the use of the object': async (d) => {
    const child = start(targets.sleep, 60_000);
    assert.instanceOf(await errorOf(() => child.close()), RangeError);
    assert.isTrue(child.isAlive());
    child.terminate();
    await d.join(child);
    child.close();
    child.close();
    for (const call of [() => child.isAlive(), () => d.join(child), () => child.terminate(), () => child.exitcode]) {
      assert.instanceOf(await errorOf(call), mp.InvalidStateError);
    }
  },

  'PROC-19 PROC-20 after start the object holds none of its arguments, after close nothing': async (d) => {
    const child = new mp.Process({ target: targets.identity, args: [{ big: new Uint8Array(1000) }] });
    child.start();
    assert.isUndefined(child.run());
    await d.join(child);
    child.close();
    assert.notInclude(mp.activeChildren() as unknown[], child);
  },

  'PROC-20 a function can travel as its own argument': async (d) => {
    const child = start(targets.identity<unknown>, targets.identity);
    assert.strictEqual(await d.result(child), targets.identity);
  },

  'PROC-21 many short ones all end with 0; many terminated while they start with -15': async (d) => {
    const children = range(5).map(() => start(targets.sleep, 10));
    for (const child of children) await d.join(child);
    assert.deepEqual(
      children.map((child) => child.exitcode),
      [0, 0, 0, 0, 0],
    );
    const doomed = range(5).map(() => start(targets.sleep, 60_000));
    for (const child of doomed) child.terminate();
    for (const child of doomed) await d.join(child);
    assert.deepEqual(
      doomed.map((child) => child.exitcode),
      [-15, -15, -15, -15, -15],
    );
  },

  'PROC-22 children of children, each joined at once': needs('answers', async (d) => {
    const paths = new mp.SimpleQueue<number[]>();
    await d.join(start(targets.tree, [], 2, paths as mp.SimpleQueue));
    const expected = [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]];
    for (const path of expected) assert.deepEqual(await d.getSimple(paths), path);
    assert.isTrue(paths.empty());
  }),

  'three levels of children, each of which blocks in joinSync at once': async (d) => {
    assert.equal(await d.result(start(targets.chain, 3)), 3);
  },

  'PROC-23 a child makes a queue and a daemon of its own': async (d) => {
    assert.equal(await d.result(start(targets.queueInChild)), 1);
  },

  'PROC-25 an instance of a subclass travels with its fields and runs its own run()': async (d) => {
    const upper = new targets.Upper();
    assert.match(upper.name, /^Upper-/);
    upper.start();
    for (const text of ['hello', 'world']) {
      await d.put(upper.requests, text);
      assert.equal(await d.get(upper.answers), text.toUpperCase());
    }
    await d.put(upper.requests, null);
    assert.equal(await d.result(upper as unknown as mp.Process<never, number>), 2);
    assert.equal(upper.runs, 0);
  },

  'PROC-25 an instance of a subclass without a run() of its own is what its process is': async (d) => {
    const answers = new mp.SimpleQueue<string>();
    const titled = new targets.Titled('Boss', answers, 'a', 'b');
    assert.match(titled.name, /^Titled-/);
    titled.title satisfies string;
    titled.start();
    assert.equal(await d.getSimple(answers), `Boss of ${titled.name}`);
    const text = `<Titled name='${titled.name}' pid=${titled.pid} parent=${mp.currentProcess().pid} started>`;
    assert.deepEqual(await d.result(titled as unknown as mp.Process<never, unknown>), [text, 'Boss', 'a', 'b']);
  },

  'PROC-25 a subclass that is not registered is refused at start(), with a remedy, run() or not': async () => {
    class Plain extends mp.Process {}
    class Running extends mp.Process {
      override run(): number {
        return 1;
      }
    }
    class OfContext extends mp.getContext('forkserver').Process {}
    const { Process } = mp.getContext('spawn');
    class Filled extends Process {
      readonly field = 1;
    }
    for (const Class of [Plain, Running, OfContext, Filled]) {
      const process = new Class();
      const error = (await errorOf(() => process.start())) as Error;
      assert.instanceOf(error, mp.DataCloneError);
      assert.match(
        error.message,
        new RegExp(`^process is an instance of ${Class.name}, a class that is not registered: export it`),
      );
      assert.isNull(process.pid);
    }
    const started = [new mp.Process(), new Process()];
    for (const process of started) process.start();
    for (const process of started) await process.join();
    assert.deepEqual(
      started.map((process) => process.exitcode),
      [0, 0],
    );
  },

  'PROC-26 without a target nothing happens; run() called here runs here': async (d) => {
    const child = new mp.Process();
    child.start();
    await d.join(child);
    assert.equal(child.exitcode, 0);
    const here = new mp.Process({ target: targets.add, args: [2, 3] });
    assert.equal(here.run(), 5);
  },

  'PROC-28 PROC-29 finally and exit callbacks run at every end of its own': needs('answers', async (d) => {
    for (const [how, code] of [
      ['return', 0],
      ['throw', 1],
      ['exit', 4],
    ] as const) {
      const notes = new mp.SimpleQueue();
      const child = start(targets.noteEnd, notes, how);
      await d.join(child);
      assert.equal(child.exitcode, code);
      assert.isFalse(notes.empty());
      assert.equal(await d.getSimple(notes), 'finally');
      assert.equal(await d.getSimple(notes), 'callback');
      assert.isTrue(notes.empty());
    }
  }),

  'PROC-31 arguments are taken at start, not before and not after': async (d) => {
    const item = { at: 'construction' };
    const child = new mp.Process({ target: targets.identity, args: [item] });
    item.at = 'start';
    child.start();
    item.at = 'later';
    assert.deepEqual(await d.result(child), { at: 'start' });
    assert.equal(item.at, 'later');
  },

  'PROC-32 the child has fresh modules': async (d) => {
    targets.setModuleState('changed');
    assert.equal(await d.result(start(targets.setModuleState, 'again')), 'fresh');
    assert.equal(targets.setModuleState('fresh'), 'changed');
  },

  'PROC-34 an argument that cannot be rebuilt ends the child with 1 and its error': async (d) => {
    const child = start(targets.takeFragile, new targets.Fragile());
    await d.join(child);
    assert.equal(child.exitcode, 1);
    assert.include((child.exception as Error).message, 'broken on arrival');
  },

  'PROC-35 a Process object cannot be an argument': async () => {
    for (const inner of [new mp.Process(), new targets.Upper()]) {
      const child = new mp.Process({ target: targets.identity, args: [inner] });
      const error = (await errorOf(() => child.start())) as Error;
      assert.instanceOf(error, Error);
      assert.isNull(child.pid);
    }
  },

  'what cannot travel is refused by start, naming its path; the process can then be started': async (d) => {
    const args = [{ onProgress: (() => {}) as unknown }];
    const child = new mp.Process({ target: targets.identity, args: args as [unknown] });
    const error = (await errorOf(() => child.start())) as Error;
    assert.instanceOf(error, mp.DataCloneError);
    assert.match(error.message, /^args\[0\]\.onProgress is /);
    assert.include(error.message, 'setExecutable');
    assert.isNull(child.pid);
    args[0] = { onProgress: 5 };
    child.start();
    assert.deepEqual(await d.result(child), { onProgress: 5 });
    const lambda = new mp.Process({ target: () => 1 });
    const refusal = (await errorOf(() => lambda.start())) as Error;
    assert.instanceOf(refusal, mp.DataCloneError);
    assert.include(refusal.message, 'target');
  },

  'PROC-37 default names count the objects of each parent': async (d) => {
    const [first, second] = [new mp.Process(), new mp.Process()];
    const count = (name: string): number => Number(name.split(/[-:]/).at(-1));
    assert.equal(count(second.name), count(first.name) + 1);
    assert.match(first.name, /^Process-[\d:]+$/);
    const child = new mp.Process({ target: targets.names });
    const path = child.name.slice('Process-'.length);
    child.start();
    assert.deepEqual(await d.result(child), [`Process-${path}:1`, `Process-${path}:2`, `SpawnProcess-${path}:3`]);
  },

  'PROC-38 a name can be given and changed, and must be a string': async (d) => {
    const child = new mp.Process({ target: targets.selfKnowledge, name: 'mine' });
    assert.equal(child.name, 'mine');
    child.name = 'renamed';
    child.start();
    child.name = 'only here';
    const known = (await d.result(child)) as { name: string };
    assert.equal(known.name, 'renamed');
    assert.equal(child.name, 'only here');
    assert.instanceOf(await errorOf(() => new mp.Process({ name: 5 as never })), mp.InvalidStateError);
    assert.instanceOf(
      await errorOf(() => {
        child.name = 5 as never;
      }),
      mp.InvalidStateError,
    );
  },

  'PROC-41 the authkey can be replaced by bytes, and is inherited': async (d) => {
    const self = mp.currentProcess();
    const old = self.authkey;
    self.authkey = new Uint8Array([1, 2, 3]);
    try {
      const queue = new mp.Queue<{ authkey: Uint8Array }>();
      const child = start(targets.describeSelf, queue as mp.Queue, 1, 2, {});
      assert.deepEqual((await d.get(queue)).authkey, new Uint8Array([1, 2, 3]));
      await d.join(child);
    } finally {
      self.authkey = old;
    }
    assert.instanceOf(
      await errorOf(() => {
        self.authkey = 'text' as never;
      }),
      TypeError,
    );
  },

  'PROC-42 an authkey goes to a process that starts, and is refused wherever else a value travels': async (d) => {
    const key = mp.currentProcess().authkey;
    const queue = new mp.Queue<unknown>();
    const [reader, writer] = mp.Pipe();
    try {
      for (const send of [() => queue.put({ key }), () => writer.send([key])]) {
        const error = await errorOf(send);
        assert.instanceOf(error, mp.DataCloneError);
        assert.match(String(error), /(item\.key|value\[0\]) is an authkey, which only/);
      }
      await queue.put([new Uint8Array(key), key.slice(), key.subarray(1)]);
      assert.deepEqual(await d.get(queue), [new Uint8Array(key), key.slice(), key.slice(1)]);
      const [refusal, same] = (await d.result(start(targets.sendOn, queue as mp.Queue, key))) as [Error, boolean];
      assert.instanceOf(refusal, mp.DataCloneError);
      assert.isTrue(same);
      const child = start(targets.ownKey);
      assert.match(String(await errorOf(() => d.result(child))), /result is an authkey, which only/);
    } finally {
      reader.close();
      writer.close();
    }
  },

  'PROC-46 PROC-47 a child has the same origin and isolation as its parent': async (d) => {
    const expected = { isolated: crossOriginIsolated, origin: location.origin, module: true };
    assert.deepEqual(await d.result(start(targets.environment)), expected);
  },

  'results of every kind come back; instances keep their class': async (d) => {
    for (const value of [undefined, null, 0, 'text', [1, [2]], new Map([[1, { a: 2 }]]), new Uint8Array([1, 2])]) {
      assert.deepEqual(await d.result(start(targets.identity<unknown>, value)), value);
    }
    assert.equal(await d.result(start(targets.measure, new targets.Point(3, 4))), 5);
    const point = await d.result(start(targets.identity<targets.Point>, new targets.Point(3, 4)));
    assert.instanceOf(point, targets.Point);
  },

  'a result can be large': async (d) => {
    const child = start(targets.identity<Uint8Array>, new Uint8Array(3_000_000).fill(5));
    const result = await d.result(child);
    assert.equal(result.length, 3_000_000);
    assert.equal(result[2_999_999], 5);
  },

  'a result that cannot travel rejects, and the process has still ended well': async (d) => {
    const child = start(targets.makeUnsendable);
    const error = (await errorOf(() => d.result(child))) as Error;
    assert.instanceOf(error, mp.DataCloneError);
    assert.include(error.message, 'result.deep[0]');
    assert.equal(child.exitcode, 0);
    assert.isFalse(child.failed);
  },

  'what only the browser can move travels as argument and result': async (d) => {
    const child = start(targets.bytesOf, new Blob(['in a blob']));
    assert.equal(await d.result(child), 'in a blob');
    const maker = start(targets.makeBlob, 'made there');
    const blob = await maker.result();
    assert.equal(await blob.text(), 'made there');
    assert.strictEqual(await maker.result(), blob);
  },

  'a shared WebAssembly.Memory travels as argument and result (fault 30)': needs('memory', async (d) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const words = new Int32Array(memory.buffer);
    const child = start(targets.countIn, memory);
    const back = (await child.result()).memory;
    await d.join(child);
    assert.instanceOf(back, WebAssembly.Memory);
    assert.equal(words[1], 1);
    Atomics.add(new Int32Array(back.buffer), 1, 1);
    assert.equal(words[1], 2);
    await using pool = new mp.Pool(1);
    await Promise.all(range(3).map(() => pool.apply(targets.countIn, [memory])));
    assert.equal(words[1], 5);
    const queue = new mp.Queue<unknown>();
    const refusal = await errorOf(() => queue.put({ memory }));
    assert.match(String(refusal), /item\.memory is a WebAssembly\.Memory, which only the browser can move/);
  }),

  'of the memory of WebAssembly a view travels, not all (fault 30)': async (d) => {
    const memory = new WebAssembly.Memory({ initial: 256 });
    const view = new Uint8Array(memory.buffer, 96, 100);
    view.set([7, 8]);
    assert.deepEqual(await d.result(start(targets.viewed, view)), [100, 100, 7, 8]);
    await using pool = new mp.Pool(1);
    assert.deepEqual(await pool.apply(targets.viewed, [view]), [100, 100, 7, 8]);
    const sent = new Uint8Array(memory.buffer, 0, 100);
    assert.deepEqual(await pool.map(targets.viewed, [view, sent], { chunksize: 2 }), [
      [100, 196, 7, 8],
      [100, 196, 0, 0],
    ]);
    assert.match(
      String(await errorOf(() => start(targets.identity, memory))),
      /args\[0\] is a WebAssembly\.Memory, which is not shared: send its bytes/,
    );
  },

  'a refusal names what was given to the call (fault 01)': async () => {
    const f = () => 1;
    const untyped = targets.identity as (value: unknown) => unknown;
    assert.match(String(await errorOf(() => start(untyped, { onDone: f }))), /: args\[0\]\.onDone is a function/);
    assert.match(String(await errorOf(() => start(f))), /: target is a function/);
    await using pool = new mp.Pool(1);
    assert.match(String(await errorOf(() => pool.apply(untyped, [f]))), /: args\[0\] is a function/);
    assert.match(String(await errorOf(() => pool.map(untyped, [1, 2, { f }]))), /: items\[\d\]\.f is a function/);
    assert.match(
      String(await errorOf(() => new mp.Pool(1, { initializer: untyped, initargs: [f] }))),
      /: initargs\[0\] is a function/,
    );
  },

  'a result that comes by message can be asked for by many, at any moment': async (d) => {
    const maker = start(targets.makeBlob, 'made there');
    await d.join(maker);
    await arrival(maker.pid as number);
    const results = [maker.result()];
    for (let i = 0; i < 20; i++) {
      await null;
      results.push(maker.result());
    }
    const blob = await maker.result();
    for (const result of results) assert.strictEqual(await result, blob);
    const unread = start(targets.makeBlob, 'for nobody');
    await d.join(unread);
    const pid = unread.pid as number;
    await arrival(pid);
    unread.close();
    await null;
    assert.isUndefined(collect(pid));
  },

  'a result of a process that was terminated rejects with WorkerDiedError': async (d) => {
    const child = start(targets.sleep, 60_000);
    assert.instanceOf(await errorOf(() => d.result(child, { timeout: 20 })), mp.TimeoutError);
    child.terminate();
    const error = (await errorOf(() => d.result(child))) as mp.WorkerDiedError;
    assert.instanceOf(error, mp.WorkerDiedError);
    assert.equal(error.pid, child.pid);
    assert.equal(error.exitcode, -15);
  },

  'wrong options are refused by the constructor': async () => {
    for (const options of [
      { target: 5 },
      { target: targets.nothing, args: 5 },
      { target: targets.nothing, kwargs: 5 },
    ]) {
      assert.instanceOf(await errorOf(() => new mp.Process(options as never)), TypeError);
    }
    assert.instanceOf(await errorOf(() => new mp.Process({ group: 1 as never })), mp.InvalidStateError);
  },

  'SENT-01 SENT-02 SENT-04 the sentinel is ready when its process has ended, however': async (d) => {
    const unstarted = new mp.Process();
    assert.instanceOf(await errorOf(() => unstarted.sentinel), RangeError);
    const sleeper = start(targets.sleep, 60_000);
    const { sentinel } = sleeper;
    assert.deepEqual(await d.wait([sentinel], { timeout: 0 }), []);
    assert.deepEqual(await d.wait([sentinel], { timeout: 50 }), []);
    const ends = [
      start(targets.nothing),
      start(targets.fail, 'x'),
      start(targets.exitWith, 3),
      start(targets.closeSelf),
    ].map((child) => child.sentinel);
    for (const end of ends) assert.deepEqual(await d.wait([sentinel, end]), [end]);
    sleeper.kill();
    assert.deepEqual(await d.wait([sentinel], { timeout: 20_000 }), [sentinel]);
    assert.instanceOf(await errorOf(() => d.wait([5 as never])), TypeError);
    await d.join(sleeper);
  },
};
