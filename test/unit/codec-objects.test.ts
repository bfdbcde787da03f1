// What bytes alone cannot tell: functions, classes, hooks, errors, refusals, what the browser carries, what shares.

import { describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import { rebuild, reduce } from '../../src/codec/hooks.ts';
import { registerModules } from '../../src/codec/registry.ts';
import { type Carrier, registerShared } from '../../src/codec/shared.ts';
import { transfer } from '../../src/codec/transfer.ts';
import { DataCloneError, Empty, ERRORS, InvalidStateError, WorkerDiedError } from '../../src/errors.ts';

const trip = <T>(value: T): T => decode(encode(value, 'item').slice()) as T;

let constructed = 0;

class Point {
  x: number;
  y: number;
  next?: unknown;

  constructor(x: number, y: number) {
    constructed++;
    this.x = x;
    this.y = y;
  }

  get length() {
    return Math.hypot(this.x, this.y);
  }

  set label(_: string) {
    throw new Error('a setter ran');
  }

  static origin() {
    return new Point(0, 0);
  }
}

class Point3 extends Point {
  z = 3;
}

class Account {
  #balance: number;

  constructor(balance: number) {
    this.#balance = balance;
  }

  get balance() {
    return this.#balance;
  }

  [reduce]() {
    return { balance: this.#balance };
  }

  static [rebuild]({ balance }: { balance: number }) {
    return new Account(balance);
  }
}

class Plain {
  cache = new WeakMap();
  a: unknown;

  [reduce]() {
    return { a: this.a };
  }
}

class Looped {
  [reduce]() {
    return [this];
  }
}

class Faulty {
  [reduce]() {
    return 1;
  }

  static [rebuild]() {
    throw new RangeError('no such thing');
  }
}

class Names extends Map<string, unknown> {
  note: unknown = 'n';

  constructor() {
    super();
    constructed++;
  }

  override forEach() {
    throw new Error('its own method ran');
  }
}
class Tags extends Set<unknown> {
  more = 1;
}
class List extends Array<unknown> {
  named: unknown;
}
class Row extends Array<number> {}
class Day extends Date {
  weekday = 'Monday';
  next: unknown;
}
class Samples extends Float32Array {
  rate = 44_100;
}
class AppError extends RangeError {
  code = 7;
  override name = 'AppError';
}
class Emitter extends EventTarget {}

const double = (x: number) => x * 2;

registerModules({
  app: {
    Point,
    Point3,
    Account,
    Plain,
    Looped,
    Faulty,
    Names,
    Tags,
    List,
    Row,
    Day,
    Samples,
    AppError,
    Emitter,
    double,
  },
});

describe('functions and classes', () => {
  it('go by name', () => {
    expect(trip([double, Point, double])).toEqual([double, Point, double]);
    expect(trip(Point.origin)).toBe(Point.origin);
  });

  it('are said to be missing where they are', () => {
    const bytes = encode(double, 'item').slice();
    bytes.set([0x7a], bytes.length - 1);
    expect(() => decode(bytes)).toThrow(/not registered "app\.doublz"/);
    expect(() => decode(bytes)).toThrow(DataCloneError);
  });
});

describe('instances of registered classes', () => {
  it('that are arrays of numbers keep their class, and what they share', () => {
    const row = Row.from({ length: 20 }, (_, i) => i / 2) as Row;
    const [back, again] = trip([row, row]);
    expect(back).toBeInstanceOf(Row);
    expect([...(back as Row)]).toEqual([...row]);
    expect(again).toBe(back);
  });

  it('keep fields and prototype; no constructor and no setter runs', () => {
    const point = new Point(3, 4);
    Object.defineProperty(point, 'label', { value: 'own', enumerable: true });
    point.next = [point];
    const before = constructed;
    const back = trip(point);
    expect(constructed).toBe(before);
    expect(back).toBeInstanceOf(Point);
    expect(back.length).toBe(5);
    expect(Object.getOwnPropertyDescriptor(back, 'label')?.value).toBe('own');
    expect((back.next as unknown[])[0]).toBe(back);
    expect(trip(new Point3(1, 2))).toBeInstanceOf(Point3);
    const many = trip(Array.from({ length: 40 }, (_, i) => new Point(i, i)));
    expect(many[39]?.x).toBe(39);
  });

  it('that are builtins too stay so', () => {
    const names = new Names();
    names.set('me', names);
    names.note = [names];
    const before = constructed;
    const back = trip(names);
    expect(constructed).toBe(before);
    expect(back).toBeInstanceOf(Names);
    expect(back.get('me')).toBe(back);
    expect((back.note as unknown[])[0]).toBe(back);

    const tags = trip(Object.assign(new Tags([1]), { more: 2 }));
    expect([tags instanceof Tags, tags.has(1), tags.more]).toEqual([true, true, 2]);

    const list = trip(Object.assign(List.from([1, 2]), { named: 'x' }));
    expect([list instanceof List, list.length, list[1], (list as List).named]).toEqual([true, 2, 2, 'x']);

    const day = trip(Object.assign(new Day(5), { next: 1 }));
    expect([day instanceof Day, day.getTime(), day.weekday, day.next]).toEqual([true, 5, 'Monday', 1]);

    const samples = trip(Object.assign(new Samples([1, 2]), { rate: 8 }));
    expect([samples instanceof Samples, [...samples], samples.rate]).toEqual([true, [1, 2], 8]);
  });

  it('may nest deep', () => {
    let value: unknown = null;
    for (let i = 0; i < 10_000; i++) {
      value =
        i % 2 === 0 ? Object.assign(new Day(i), { next: value }) : Object.assign(new Point(i, i), { next: value });
    }
    let back = trip(value) as Day | null;
    let depth = 0;
    for (; back; back = back.next as Day | null) depth++;
    expect(depth).toBe(10_000);
  });

  it('use their hooks', () => {
    const account = new Account(12);
    const [one, two] = trip([account, account]) as [Account, Account];
    expect(one.balance).toBe(12);
    expect(one).toBe(two);
    const plain = new Plain();
    plain.a = { deep: [1] };
    expect(trip(plain).a).toEqual({ deep: [1] });
    expect(trip(plain)).toBeInstanceOf(Plain);
  });

  it('get a whole state, however deep', () => {
    const plain = new Plain();
    let value: unknown = 'end';
    for (let i = 0; i < 1000; i++) value = [value];
    plain.a = value;
    let holder: unknown = plain;
    for (let i = 0; i < 100; i++) holder = [holder];
    let back = trip(holder);
    while (Array.isArray(back)) back = back[0];
    back = (back as Plain).a;
    while (Array.isArray(back)) back = back[0];
    expect(back).toBe('end');
  });

  it('refuse a state that holds its own instance', () => {
    expect(() => encode(new Looped(), 'item')).toThrow(
      /item\[0\] is an instance that its own \[reduce\]\(\) state holds/,
    );
  });

  it('let through what rebuild throws', () => {
    expect(() => trip(new Faulty())).toThrow(RangeError);
    expect(() => trip(new Faulty())).toThrow('no such thing');
  });

  it('refuse a base that cannot be rebuilt', () => {
    expect(() => encode(new Emitter(), 'item')).toThrow(/item extends EventTarget/);
  });
});

describe('errors', () => {
  it('keep name, message, stack, cause, errors and fields', () => {
    const error = Object.assign(new AggregateError([new TypeError('a'), 1], 'all', { cause: { why: 1 } }), {
      code: 'E',
    });
    const back = trip(error);
    expect(back).toBeInstanceOf(AggregateError);
    expect(Object.prototype.toString.call(back)).toBe('[object Error]');
    expect([back.name, back.message, back.stack, back.code]).toEqual([error.name, 'all', error.stack, 'E']);
    expect(back.cause).toEqual({ why: 1 });
    expect(back.errors[0]).toBeInstanceOf(TypeError);
    expect(back.errors[1]).toBe(1);
    expect(Object.keys(back)).toEqual(['code']);
    for (const key of ['message', 'stack', 'cause', 'errors']) {
      expect(Object.getOwnPropertyDescriptor(back, key)?.enumerable).toBe(false);
    }
    expect(Object.hasOwn(trip(new Error('x', { cause: undefined })), 'cause')).toBe(true);
    expect(Object.hasOwn(trip(new Error('x')), 'cause')).toBe(false);
    expect(Object.hasOwn(trip(new Error('x')), 'name')).toBe(false);
    const looped = new Error('x');
    looped.cause = looped;
    expect(trip(looped).cause).not.toBe(looped);
    const loopedBack = trip(looped);
    expect(loopedBack.cause).toBe(loopedBack);
  });

  it.each(Object.keys(ERRORS) as (keyof typeof ERRORS)[])('brings the class %s', (name) => {
    const Class = ERRORS[name] as unknown as new (...args: unknown[]) => Error;
    const back = trip(new Class('why', 3, 4));
    expect(Object.getPrototypeOf(back)).toBe(Class.prototype);
    expect(back.name).toBe(name);
  });

  it('brings the fields of the library’s own', () => {
    const back = trip(new WorkerDiedError('gone', 4, null));
    expect([back.message, back.pid, back.exitcode]).toEqual(['gone', 4, null]);
    expect(trip(new Empty('none')) instanceof Empty).toBe(true);
  });

  it('brings registered classes; others become the nearest known one and keep the name', () => {
    const back = trip(new AppError('x'));
    expect([back instanceof AppError, back.code, back.name]).toEqual([true, 7, 'AppError']);
    class Local extends AppError {
      override name = 'Local';
    }
    expect([trip(new Local('x')) instanceof AppError, trip(new Local('x')).name]).toEqual([true, 'Local']);
    class Other extends TypeError {
      get [Symbol.toStringTag]() {
        return 'Odd';
      }
    }
    Other.prototype.name = 'Other';
    const other = trip(new Other('x'));
    expect([Object.getPrototypeOf(other) === TypeError.prototype, other.name]).toEqual([true, 'Other']);
  });

  it('brings an error of a class that is not here as an Error', () => {
    const text = String.fromCharCode(...encode(new AppError('x'), 'item'));
    const bytes = Uint8Array.from(text.replace('app.AppError', 'app.AppErrox'), (c) => c.charCodeAt(0));
    const back = decode(bytes) as AppError;
    expect([Object.getPrototypeOf(back) === Error.prototype, back.name, back.code]).toEqual([true, 'AppError', 7]);
  });

  it('brings a DOMException', () => {
    const back = trip(new DOMException('stop', 'AbortError'));
    expect(back).toBeInstanceOf(DOMException);
    expect([back.name, back.message, back.code]).toEqual(['AbortError', 'stop', 20]);
  });
});

describe('refusals', () => {
  class Foo {}
  const refused = (
    value: unknown,
    message: string | RegExp,
    Class: new (message?: string) => Error = DataCloneError,
  ) => {
    let thrown: unknown;
    try {
      encode(value, 'args');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Class);
    expect((thrown as Error).message).toMatch(message);
    return thrown as Error;
  };

  it.each([
    [[{ onProgress: () => 1 }], /^args\[0\]\.onProgress is a function that is not registered: .*setExecutable\(\)/],
    [Symbol('x'), /^args is a symbol/],
    [Object(Symbol('x')), /^args is a Symbol, which cannot travel/],
    [{ 'a b': [Symbol('x')] }, /^args\["a b"\]\[0\] is a symbol/],
    [new Map([['key', new Map([[{}, Symbol('x')]])]]), /^args\.get\("key"\)\.get\(…\) is a symbol/],
    [
      new Map([
        [1, 1],
        [Symbol('x'), 1],
      ] as [unknown, unknown][]),
      /^args\.keys\(\)\[1\] is a symbol/,
    ],
    [new Set([1, [new Foo()]]), /^args\.values\(\)\[1\]\[0\] is an instance of Foo, a class that is not registered: /],
    [Object.assign([], { 5: new Foo(), x: 1 }), /^args\[5\] is an instance of Foo/],
    [new (class extends Foo {})(), /^args is an instance of /],
    [Object.create(new Foo()), /^args is an instance of Foo/],
    [Promise.resolve(), /^args is a Promise, which cannot travel/],
    [[new WeakMap(), 1], /^args\[0\] is a WeakMap/],
    [{ a: new WeakSet() }, /^args\.a is a WeakSet/],
    [new WeakRef({}), /^args is a WeakRef/],
    [new EventTarget(), /^args is an EventTarget/],
    [(function* () {})(), /^args is a Generator/],
    [[].values(), /^args is an Array Iterator/],
    [{ error: Object.assign(new Error('x'), { request: Symbol('x') }) }, /^args\.error\.request is a symbol/],
    [new Error('x', { cause: () => 1 }), /^args\.cause is a function/],
    [
      { file: new Blob(['x']) },
      /^args\.file is a Blob, which only the browser can move: pass it as an argument of a process/,
    ],
    [new MessageChannel().port1, /^args is a MessagePort, which only/],
    [new ReadableStream(), /^args is a ReadableStream, which only/],
    [new SharedArrayBuffer(1), /^args is a SharedArrayBuffer, which only/],
    [new Int8Array(new SharedArrayBuffer(1)), /^args is a view on a SharedArrayBuffer, which only/],
    [Object.create(Map.prototype), /^args is a Proxy of a Map, or has its prototype alone/],
  ])('%#', (value, message) => {
    refused(value, message);
  });

  it('says what a function looks like that has no name, or one that a minifier gave it', () => {
    refused(
      [(x: number) => x * 2],
      /^args\[0\] is a function that is not registered: export it, .*x \* 2.*, from a module/,
    );
    refused(
      [class Point {}],
      /^args\[0\] is a class that is not registered: export it, class Point .*setExecutable\(\)$/,
    );
    refused(
      [Math.sqrt],
      /^args\[0\] is function sqrt\(\) \{ \[native code\] \}, of the browser, bound or a Proxy: call it/,
    );
    refused([((x: number) => x).bind(null, 1)], /\[native code\] \}, of the browser, bound or a Proxy: call it/);
    refused([new Proxy((x: number) => x, {})], /\[native code\] \}, of the browser, bound or a Proxy: call it/);
    const long = Object.assign(() => 'a text that goes on and on and on and on and on and on and on and on and on');
    const { message } = refused([long], /a text that goes on.*…, from/);
    expect(message.length).toBeLessThan(300);
  });

  it("what it advises for an instance of somebody else's class can be done", () => {
    const point = new (class Vector3 {
      x = 1;
      y = { z: 2 };
    })();
    refused([point], /export \{ Vector3 \} from 'the-package'\); or send .* such as structuredClone\(\) of it$/);
    expect(trip(structuredClone(point))).toEqual({ x: 1, y: { z: 2 } });

    const day = new (class Moment {
      readonly locale = () => 'en';
      toJSON() {
        return '2020-02-02';
      }
    })();
    refused([day], /or send plain data in its place, such as its toJSON\(\)$/);
    expect(trip(day.toJSON())).toBe('2020-02-02');

    const closed = new (class Closed {
      readonly #x = 1;
      get x() {
        return this.#x;
      }
    })();
    const handle = new (class Handle {
      readonly close = () => 0;
    })();
    for (const other of [closed, handle]) refused([other], /or send plain data in its place$/);
  });

  it('says what an instance holds whose class a minifier renamed', () => {
    const qt = class {
      a = 1;
      b = 2;
    };
    Object.defineProperty(qt, 'name', { value: 'qt' });
    refused(
      [new qt()],
      /^args\[0\] is an instance of qt \{ a, b \}, a class that is not registered: .*export \{ TheClass \} from/,
    );
  });

  it('names a module', () => {
    const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    refused(new WebAssembly.Module(bytes), /^args is a WebAssembly\.Module, which only/);
  });

  it('gives what a getter threw as the cause', () => {
    const cause = new Error('not now');
    const value = {
      list: [
        {
          get x() {
            throw cause;
          },
        },
      ],
    };
    expect(refused(value, /^args\.list\[0\]\.x could not be read: not now/).cause).toBe(cause);
  });

  it('names the end of a path that is long', () => {
    let value: unknown = Symbol('x');
    for (let i = 0; i < 100; i++) value = i % 2 === 0 ? { a: value } : [value];
    // Levels in between are not said.
    refused(value, /^args …( \[0\]|\[0\]|\.a| \.a)+ is a symbol/);
  });

  it('names detached buffers and views out of their buffers', () => {
    const buffer = new ArrayBuffer(8);
    const view = new Uint8Array(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    refused({ buffer }, /^args\.buffer is a detached ArrayBuffer/);
    refused({ view }, /^args\.view is a view on a detached ArrayBuffer/);
    const shrinking = new ArrayBuffer(8, { maxByteLength: 8 });
    const out = new Uint8Array(shrinking, 4, 4);
    shrinking.resize(2);
    refused(out, /^args is a view that lies outside its buffer/);
  });

  it('leaves the encoder sound', () => {
    for (let i = 0; i < 3; i++) {
      expect(() => encode([{ a: 1 }, [[() => 1]]], 'item')).toThrow();
      expect(trip([{ a: 1 }, { a: 2 }])).toEqual([{ a: 1 }, { a: 2 }]);
    }
  });
});

describe('re-entrancy', () => {
  it('lets a getter encode', () => {
    let inner: unknown;
    const shared = { id: 1, name: 'x' };
    const value = {
      shared,
      get nested() {
        inner = trip([shared, { id: 2, name: 'y' }]);
        return 'n'.repeat(50);
      },
      again: shared,
      same: { id: 3, name: 'z' },
    };
    const back = trip(value);
    expect(back).toEqual({ shared, nested: 'n'.repeat(50), again: shared, same: { id: 3, name: 'z' } });
    expect(back.again).toBe(back.shared);
    expect(inner).toEqual([shared, { id: 2, name: 'y' }]);
  });
});

/** What a message brings of a carrier. (WebKit's structuredClone() copies shared memory; its postMessage shares it.) */
const posted = ({ attachments, transfer }: Carrier): Promise<unknown[]> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data }) => {
      port1.close();
      resolve(data as unknown[]);
    };
    port1.postMessage([...attachments], [...transfer]);
  });

describe('carriers', () => {
  const carrier = (): Carrier & { attachments: unknown[]; transfer: Transferable[] } => ({
    heirs: [],
    attachments: [],
    transfer: [],
  });
  /** As a message would bring it. */
  const carry = async <T>(value: T, by = carrier()): Promise<T> => {
    const bytes = encode(value, 'args', by).slice();
    return decode(bytes, await posted(by)) as T;
  };

  it('carry what only the browser can, and keep what it shares', async () => {
    const blob = new Blob(['hello']);
    const shared = new SharedArrayBuffer(8);
    const view = new Int32Array(shared);
    const back = await carry({ blob, list: [blob], shared, view });
    expect(await back.blob.text()).toBe('hello');
    expect(back.list[0]).toBe(back.blob);
    view[0] = 7;
    expect(back.view[0]).toBe(7);
    expect(new Int32Array(back.shared)[0]).toBe(7);
    expect(back.view.buffer).toBe(back.shared);
  });

  it('are left as they were by a refusal', () => {
    const by = carrier();
    expect(() => encode([new Blob(['']), transfer([1], [new ArrayBuffer(1)]), () => 1], 'args', by)).toThrow();
    expect(by).toEqual(carrier());
  });

  it('move what transfer() lists', async () => {
    const buffer = new ArrayBuffer(8);
    const bytes = new Uint8Array(buffer, 2, 3).fill(5);
    const { port1, port2 } = new MessageChannel();
    const by = carrier();
    const back = await carry(transfer({ buffer, bytes, port1 }, [buffer, port1, buffer]), by);
    expect(by.transfer).toEqual([buffer, port1]);
    expect(buffer.byteLength).toBe(0);
    expect([...back.bytes]).toEqual([5, 5, 5]);
    expect(back.bytes.byteOffset).toBe(2);
    expect(back.bytes.buffer).toBe(back.buffer);
    back.port1.close();
    port2.close();
  });

  it('move a buffer that the message had before its mark', async () => {
    const buffer = new ArrayBuffer(8);
    const by = carrier();
    const back = await carry(
      [buffer, new Uint8Array(buffer), transfer({ a: [buffer] }, [buffer]), buffer] as const,
      by,
    );
    expect(by.attachments).toEqual([buffer]);
    expect(by.transfer).toEqual([buffer]);
    expect(back[2].a[0]).toBe(back[0]);
    expect(back[1].buffer).toBe(back[0]);
    expect(back[3]).toBe(back[0]);
  });

  it('need not hold the buffer that moves', async () => {
    const buffer = new ArrayBuffer(4);
    const back = await carry(transfer({ a: 1 }, [buffer]));
    expect(back).toEqual({ a: 1 });
    expect(buffer.byteLength).toBe(0);
  });

  it('copy where there is none', () => {
    const buffer = new ArrayBuffer(4);
    expect(trip(transfer([buffer], [buffer]))[0]?.byteLength).toBe(4);
    expect(buffer.byteLength).toBe(4);
  });

  it('refuse a list with a detached buffer', () => {
    const buffer = new ArrayBuffer(4);
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => encode([transfer({}, [buffer])], 'args', carrier())).toThrow(/^args\[0\] .*detached/);
  });

  it('transfer() refuses what it cannot mean', () => {
    const bad = transfer as (value: unknown, list: unknown) => unknown;
    for (const [value, list] of [
      [1, []],
      [{}, undefined],
      [{}, [1]],
      [{}, [new Uint8Array(1)]],
      [{}, [new SharedArrayBuffer(1)]],
    ]) {
      expect(() => bad(value, list)).toThrow(TypeError);
    }
  });
});

describe('shared objects', () => {
  class Gate {
    words = new Int32Array(new SharedArrayBuffer(8));
    parts: unknown = [];
  }
  class Door extends Gate {}
  registerShared<Gate>(Gate.prototype, {
    kind: 'Gate',
    detach: ({ words, parts }) => ({ memory: words.buffer, words, parts }),
    attach: (state) => Object.assign(new Gate(), state),
  });

  it('are refused by bytes', () => {
    const refusal = () => encode({ lock: new Gate() }, 'item');
    expect(refusal).toThrow(InvalidStateError);
    expect(refusal).toThrow(
      'item.lock is a Gate, which travels only with a process that starts or with a call of a pool: pass it in args or initargs',
    );
    expect(() => encode(new Door(), 'item')).toThrow(InvalidStateError);
  });

  it('travel with a carrier, and stay one', async () => {
    const by: Carrier = { attachments: [], transfer: [], heirs: [] };
    const gate = new Gate();
    const outer = new Gate();
    outer.parts = [gate];
    const bytes = encode([gate, { outer, gate }, new Door()], 'args', by).slice();
    const attachments = await posted(by);
    const [one, two, three] = decode(bytes, attachments) as [Gate, { outer: Gate; gate: Gate }, Gate];
    gate.words[1] = 9;
    expect(one).toBeInstanceOf(Gate);
    expect(one.words[1]).toBe(9);
    expect(two.gate).toBe(one);
    expect((two.outer.parts as unknown[])[0]).toBe(one);
    expect(three).toBeInstanceOf(Gate);
  });
});
