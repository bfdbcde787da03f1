// What the engine makes: natives that the browser carries or nobody can, Proxies of natives, views of large buffers, messages
// of many objects and of many levels.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import { rebuild, reduce } from '../../src/codec/hooks.ts';
import { limitMaps } from '../../src/codec/met.ts';
import { registerModules } from '../../src/codec/registry.ts';
import type { Carrier } from '../../src/codec/shared.ts';
import { transfer } from '../../src/codec/transfer.ts';
import { DataCloneError } from '../../src/errors.ts';
import { graph } from './codec-values.ts';
import { difference } from './same.ts';

const trip = <T>(value: T): T => decode(encode(value, 'item').slice()) as T;

const carrier = (): Carrier => ({ attachments: [], transfer: [], heirs: [] });

/** As a message brings it. */
async function carry<T>(value: T): Promise<T> {
  const by = carrier();
  const bytes = encode(value, 'args', by).slice();
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise<readonly unknown[]>((resolve, reject) => {
    port2.onmessage = ({ data }) => resolve(data as readonly unknown[]);
    port2.onmessageerror = () => reject(new Error('the message cannot be read'));
  });
  port1.postMessage([...by.attachments], [...by.transfer]);
  try {
    return decode(bytes, await arrived) as T;
  } finally {
    port1.close();
  }
}

function refusal(value: unknown, by?: Carrier): string {
  try {
    encode(value, 'args', by);
  } catch (error) {
    expect(error).toBeInstanceOf(DataCloneError);
    return (error as Error).message;
  }
  return 'it travels';
}

/** A class of the engine under the name of an app, as `export const Memory = WebAssembly.Memory` makes it. */
registerModules({ natives: { Memory: WebAssembly.Memory, NumberFormat: Intl.NumberFormat, Url: URL, Weak: WeakMap } });

describe('natives', () => {
  it('a shared WebAssembly.Memory travels by message, registered or not, and stays shared (fault 30)', async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    const [back, again, buffer] = await carry([memory, { memory }, memory.buffer] as const);
    expect(back).toBeInstanceOf(WebAssembly.Memory);
    expect(again.memory).toBe(back);
    new Int32Array(memory.buffer)[1] = 7;
    expect(new Int32Array(back.buffer)[1]).toBe(7);
    expect(new Int32Array(buffer)[1]).toBe(7);
    expect(refusal({ memory })).toMatch(/^args\.memory is a WebAssembly\.Memory, which only the browser can move/);
  });

  it('one that is not shared is refused, with what to do (fault 30)', () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    for (const by of [undefined, carrier()]) {
      expect(refusal([memory], by)).toBe(
        'args[0] is a WebAssembly.Memory, which is not shared: send its bytes, or make it with { shared: true }',
      );
    }
  });

  const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  const iterator = globalThis.Iterator as unknown as { from(value: object): object } | undefined;
  const temporal = (globalThis as unknown as { Temporal?: { Now: { instant(): object; plainDateISO(): object } } })
    .Temporal;
  it.each([
    ['an Intl.NumberFormat', () => new Intl.NumberFormat()],
    ['an Intl.DateTimeFormat', () => new Intl.DateTimeFormat()],
    ['an Intl.Locale', () => new Intl.Locale('en')],
    ['a WebAssembly.Instance', () => new WebAssembly.Instance(new WebAssembly.Module(bytes))],
    ['a WebAssembly.Table', () => new WebAssembly.Table({ initial: 1, element: 'anyfunc' })],
    ['a WebAssembly.Global', () => new WebAssembly.Global({ value: 'i32' }, 1)],
    ['a Temporal.Instant', () => temporal?.Now.instant()],
    ['a Temporal.PlainDate', () => temporal?.Now.plainDateISO()],
    ['a builtin object', () => new Intl.Segmenter('en').segment('a')],
    ['a WeakMap', () => new WeakMap()],
    ['a WeakSet', () => new WeakSet()],
    ['a WeakRef', () => new WeakRef({})],
    ['a FinalizationRegistry', () => new FinalizationRegistry(() => 1)],
    ['a Promise', () => Promise.resolve()],
    ['a Generator', () => (function* () {})()],
    ['an AsyncGenerator', () => (async function* () {})()],
    ['an Array Iterator', () => [].values()],
    ['a Map Iterator', () => new Map().keys()],
    ['a RegExp String Iterator', () => 'a'.matchAll(/a/g)],
    ['an Iterator', () => iterator?.from({ next: () => ({ done: true }) })],
    ['a URL', () => new URL('https://a.example/')],
    ['a URLSearchParams', () => new URLSearchParams()],
    ['a Headers', () => new Headers()],
    ['a Response', () => new Response('x')],
    ['a Request', () => new Request('/')],
    ['a TextDecoder', () => new TextDecoder()],
    ['an Event', () => new Event('x')],
    ['a MessageChannel', () => new MessageChannel()],
    ['an HTMLDivElement', () => document.createElement('div')],
    ['a Window', () => globalThis],
  ] as [string, () => object | undefined][])('%s is refused, with advice that is true (fault 30)', (name, make) => {
    const object = make();
    // This engine does not have it.
    if (object === undefined) return;
    for (const by of [undefined, carrier()]) {
      expect(refusal({ a: [object] }, by)).toBe(
        `args.a[0] is ${name}, which cannot travel: send plain data in its place`,
      );
    }
  });

  it.each([
    ['DOMRect', () => new DOMRect(1, 2, 3, 4), (r: DOMRect) => [r.x, r.height]],
    ['DOMRectReadOnly', () => new DOMRectReadOnly(1, 2), (r: DOMRect) => r.x],
    ['DOMMatrix', () => new DOMMatrix([1, 2, 3, 4, 5, 6]), (m: DOMMatrix) => m.f],
    ['DOMPoint', () => new DOMPoint(1, 2), (p: DOMPoint) => p.y],
    ['DOMQuad', () => new DOMQuad(new DOMPoint(1, 2)), (q: DOMQuad) => q.p1.y],
    ['ImageData', () => new ImageData(2, 1), (i: ImageData) => [i.width, i.data.length]],
    ['File', () => new File(['x'], 'a.txt'), (f: File) => [f.name, f.size]],
    [
      'FileList',
      () => Object.assign(document.createElement('input'), { type: 'file' }).files,
      (l: FileList) => l.length,
    ],
    [
      'WebAssembly.Module',
      () => new WebAssembly.Module(bytes),
      (m: WebAssembly.Module) => WebAssembly.Module.exports(m),
    ],
    [
      'CryptoKey',
      () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']),
      (k: CryptoKey) => k.algorithm,
    ],
    ['ImageBitmap', () => createImageBitmap(new ImageData(2, 1)), (b: ImageBitmap) => b.width],
    [
      'EncodedVideoChunk',
      () => new EncodedVideoChunk({ type: 'key', timestamp: 5, data: bytes }),
      (c: EncodedVideoChunk) => [c.timestamp, c.byteLength],
    ],
  ] as [string, () => object | Promise<object>, (object: never) => unknown][])(
    '%s travels by message, as the browser clones it',
    async (name, make, look) => {
      const object = await make();
      const { there } = await carry({ there: object });
      expect(Object.getPrototypeOf(there)).toBe(Object.getPrototypeOf(object));
      expect(look(there as never)).toEqual(look(object as never));
      expect(refusal({ object })).toMatch(new RegExp(`^args\\.object is an? ${name}, which only the browser can move`));
    },
  );

  it('a class that extends one is refused unless it has hooks', () => {
    class Format extends Intl.NumberFormat {}
    class Shape extends WebAssembly.Table {
      [reduce]() {
        return this.length;
      }
      static [rebuild](initial: number) {
        return new Shape({ initial, element: 'anyfunc' });
      }
    }
    registerModules({ extended: { Format, Shape } });
    expect(refusal(new Format())).toMatch(/^args extends NumberFormat, which cannot be rebuilt: give its class/);
    expect(trip(new Shape({ initial: 3, element: 'anyfunc' })).length).toBe(3);
  });

  it('what only moves must be listed, where it can move at all', async () => {
    const { port1, port2 } = new MessageChannel();
    expect(refusal({ port1 }, carrier())).toMatch(
      /^args\.port1 is a MessagePort, which only .* mark it with transfer\(\)/,
    );
    expect(refusal({ port1 })).toMatch(/^args\.port1 is a MessagePort, which only .* mark it with transfer\(\)/);
    // The mark may come after it.
    const back = await carry([port1, transfer({ a: 1 }, [port1])] as const);
    expect(back[0]).toBeInstanceOf(MessagePort);
    back[0].close();
    port2.close();
  });

  it('builtins of a frame travel as those of this page', async () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const there = frame.contentWindow as unknown as typeof globalThis;
    const blob = new there.Blob(['x']);
    const back = await carry([
      new there.Map([[1, new there.Date(5)]]),
      new there.Array(2),
      new there.Object(),
      blob,
    ] as const);
    expect(back[0]).toEqual(new Map([[1, new Date(5)]]));
    expect(back[1]).toEqual([undefined, undefined]);
    expect(Object.getPrototypeOf(back[2])).toBe(Object.prototype);
    expect([back[3] instanceof Blob, back[3].size]).toEqual([true, 1]);
    frame.remove();
  });
});

/** As Vue makes collections reactive: the methods that its Proxy gives call those of the target, and wrap what they find. */
function reactive<T extends object>(target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (object instanceof Map || object instanceof Set) {
        if (key === 'size') return Reflect.get(object, key, object);
        if (key === 'forEach') {
          return (each: (value: unknown, key: unknown) => void) =>
            object.forEach((value: unknown, key: unknown) => each(wrap(value), wrap(key)));
        }
      }
      return wrap(Reflect.get(object, key));
    },
  });
}
const wrap = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && /Map|Set|Object|Array/.test(toString.call(value))
    ? reactive(value)
    : value;
const { toString } = Object.prototype;

describe('Proxies', () => {
  class Names extends Map<string, unknown> {}
  registerModules({ proxied: { Names } });

  it('of Maps and Sets with methods that know them travel as those (fault 01)', () => {
    const value = {
      m: new Map([['a', new Set([{ deep: [1, new Map([[1, 2]])] }])]]),
      s: new Set([1]),
      list: [{ a: 1 }],
    };
    expect(difference(trip(reactive(value)), value)).toBeUndefined();
    const names = trip(reactive(new Names([['a', { b: 1 }]])));
    expect([names instanceof Names, names.get('a')]).toEqual([true, { b: 1 }]);
  });

  it.each([
    ['Map', () => new Map()],
    ['Set', () => new Set()],
    ['Date', () => new Date()],
    ['RegExp', () => /a/],
    ['Number', () => Object(1)],
    ['String', () => Object('a')],
    ['BigInt', () => Object(1n)],
    ['ArrayBuffer', () => new ArrayBuffer(4)],
    ['SharedArrayBuffer', () => new SharedArrayBuffer(4)],
    ['Uint8Array', () => new Uint8Array(4)],
    ['DataView', () => new DataView(new ArrayBuffer(4))],
    ['Blob', () => new Blob(['x'])],
    ['MessagePort', () => new MessageChannel().port1],
    ['WebAssembly.Memory', () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })],
    ['DOMRect', () => new DOMRect()],
  ] as [string, () => object][])('of a %s are refused with the reason and the remedy (fault 01)', (name, make) => {
    const object = make();
    const proxies = [new Proxy(object, {}), Object.create(Object.getPrototypeOf(object))];
    // Fields are all that a RegExp is read by.
    if (name !== 'RegExp') proxies.push(new Proxy(object, { get: (target, key) => Reflect.get(target, key) }));
    for (const by of [undefined, carrier()]) {
      for (const proxy of proxies) {
        expect(refusal({ a: [proxy] }, by)).toMatch(
          new RegExp(
            `^args\\.a\\[0\\] is a Proxy of an? ${name.replace('.', '\\.')}, .*: send the ${name} itself .*toRaw\\(\\)`,
          ),
        );
      }
    }
  });

  it('of what has nothing inside travel as that', () => {
    expect(trip(new Proxy({ a: [1] }, {}))).toEqual({ a: [1] });
    expect(trip(new Proxy([1, { a: 1 }], {}))).toEqual([1, { a: 1 }]);
    const error = trip(new Proxy(new RangeError('far'), {}));
    expect([error instanceof RangeError, error.message]).toEqual([true, 'far']);
  });

  it('that are revoked are refused', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusal([proxy])).toMatch(/^args\[0\] could not be read: .*revoked/);
  });
});

describe('paths', () => {
  it('begin with a name, also where the root has none (fault 01)', () => {
    const at = (value: unknown): string => {
      try {
        encode(value, '');
      } catch (error) {
        return (error as Error).message.replace(/ is .*/, '');
      }
      return 'it travels';
    };
    expect(at({ args: [{ onProgress: () => 1 }] })).toBe('args[0].onProgress');
    expect(at([{ a: Symbol('x') }])).toBe('[0].a');
    expect(at({ 'a b': Symbol('x') })).toBe('["a b"]');
  });

  it('an AbortSignal and its controller are refused, naming what a pool has for them (fault 27)', () => {
    const control = new AbortController();
    for (const by of [undefined, carrier()]) {
      for (const [object, name] of [
        [control.signal, 'AbortSignal'],
        [control, 'AbortController'],
      ] as const) {
        expect(refusal({ a: [object] }, by)).toBe(
          `args.a[0] is an ${name}, which cannot travel: a call of a pool has the option "signal", and its task taskSignal()`,
        );
      }
    }
  });
});

describe('views of large buffers', () => {
  const K64 = 1 << 16;
  const memory = new WebAssembly.Memory({ initial: 64 });
  const whole = memory.buffer;
  new Uint8Array(whole).forEach((_, i, all) => {
    all[i] = i;
  });
  const size = (value: unknown): number => encode(value, 'item').length;

  it('a view that shows little travels alone (fault 30)', () => {
    const view = new Uint8Array(whole, 100, 100);
    const back = trip({ view }).view;
    expect([...back]).toEqual([...view]);
    expect(back.buffer.byteLength).toBeLessThan(120);
    expect(size(view)).toBeLessThan(150);
    const samples = new Float64Array(whole, 800, 3);
    expect([...trip(samples)]).toEqual([...samples]);
    const data = trip(new DataView(whole, 3, 5));
    expect([data.byteLength, data.getUint8(4)]).toEqual([5, 7]);
  });

  it('what moves as a copy is copied and listed once, also where the message is written again', () => {
    const big = new ArrayBuffer(8 * K64);
    for (const value of [[big], [new Uint8Array(big, 0, 2 * K64)], [new Uint8Array(big, 0, 2 * K64), big]]) {
      const carrier = { attachments: [], transfer: [], large: K64 };
      encode(value, 'item', carrier);
      expect(carrier.transfer).toHaveLength(1);
      expect(carrier.transfer).toEqual(carrier.attachments);
      expect(carrier.transfer).not.toContain(big);
    }
  });

  it('several share the stretch that they cover', () => {
    const far = new Uint8Array(whole, 3 * K64, 10);
    const views = [
      new Uint8Array(whole, K64 + 4, 8),
      new Uint32Array(whole, K64, 4),
      new Uint8Array(whole, K64 + 100, 50),
    ] as const;
    const [one, two, three] = trip(views);
    for (const [i, view] of [one, two, three].entries()) expect([...view]).toEqual([...(views[i] as Uint8Array)]);
    expect(one.buffer).toBe(two.buffer);
    expect(three.buffer).toBe(two.buffer);
    two[1] = 0;
    expect(one[0]).toBe(0);
    expect(size(views)).toBeLessThan(300);
    // Each has its own where they lie in different buffers; the order does not matter.
    const other = new Uint8Array(new ArrayBuffer(4 * K64), 5, 5).fill(9);
    const mixed = trip([far, other, views[2], views[0]] as const);
    expect(mixed.map((view) => [...view])).toEqual([far, other, views[2], views[0]].map((view) => [...view]));
    expect(mixed[1].buffer.byteLength).toBeLessThan(20);
    expect(mixed[0].buffer).toBe(mixed[3].buffer);
  });

  it('all of the buffer travels where it is in the message itself, before or after', () => {
    const view = new Uint8Array(whole, 100, 100);
    for (const value of [
      [whole, view],
      [view, whole],
      [view, new Uint8Array(whole)],
      [new Uint8Array(whole), view],
    ]) {
      const [a, b] = trip(value) as [Uint8Array | ArrayBuffer, Uint8Array | ArrayBuffer];
      const small = value.indexOf(view) === 0 ? a : b;
      const large = small === a ? b : a;
      const { buffer, byteOffset } = small as Uint8Array;
      expect(buffer).toBe(large instanceof ArrayBuffer ? large : large.buffer);
      expect([buffer.byteLength, byteOffset]).toEqual([64 * K64, 100]);
    }
  });

  it('a view that shows nearly all keeps its place', () => {
    const view = new Uint8Array(whole, 100, 64 * K64 - 200);
    expect(difference(trip(view), structuredClone(view))).toBeUndefined();
    const small = new Uint8Array(new ArrayBuffer(K64), 100, 100);
    expect(difference(trip(small), structuredClone(small))).toBeUndefined();
  });

  it('a buffer that moves, moves whole', async () => {
    const buffer = new ArrayBuffer(4 * K64);
    const view = new Uint8Array(buffer, 8, 8).fill(5);
    const [back] = await carry([view, transfer({}, [buffer])] as const);
    expect([back.byteOffset, back.buffer.byteLength, [...back]]).toEqual([8, 4 * K64, Array(8).fill(5)]);
    expect(buffer.byteLength).toBe(0);
  });

  it('a getter may give another view when it is asked again', () => {
    let from = 0;
    const value = {
      get view() {
        from += K64;
        return new Uint8Array(whole, from + 1, 2);
      },
      first: new Uint8Array(whole, 7, 1),
    };
    const back = trip(value);
    expect([[...back.view], [...back.first]]).toEqual([[1, 2], [7]]);
  });
});

describe('size', () => {
  function few(value: unknown): unknown {
    const most = limitMaps(16);
    try {
      return decode(encode(value, 'item').slice());
    } finally {
      limitMaps(most);
    }
  }

  it('objects may be more than a Map can hold (fault 26)', () => {
    // So many that several tables are full; what is shared lies in any of them.
    const nodes = Array.from({ length: 400 }, (_, i) => ({ i, other: undefined as object | undefined, next: [i] }));
    nodes.forEach((node, i) => {
      node.other = nodes[(i * 7) % 400];
    });
    expect(difference(few([nodes, [...nodes].reverse()]), [nodes, [...nodes].reverse()])).toBeUndefined();
    fc.assert(
      fc.property(graph, (value) => difference(few([value, value]), trip([value, value])) === undefined),
      { numRuns: 200 },
    );
  });

  it('levels may be as many as there is memory for', () => {
    const chains: [number, (value: unknown) => unknown, (value: never) => unknown][] = [
      [200_000, (value) => [value], (list: unknown[]) => list[0]],
      [200_000, (next) => ({ next }), (object: { next: unknown }) => object.next],
      [100_000, (value) => new Map([[1, value]]), (map: Map<number, unknown>) => map.get(1)],
      [100_000, (key) => new Map([[key, 1]]), (map: Map<unknown, unknown>) => [...map.keys()][0]],
      [100_000, (value) => new Set([value]), (set: Set<unknown>) => [...set][0]],
      // Each has a stack.
      [5000, (cause) => new Error('x', { cause }), (error: Error) => error.cause],
    ];
    for (const [levels, make, step] of chains) {
      let value: unknown = 'end';
      for (let i = 0; i < levels; i++) value = make(value);
      let back = trip(value);
      let count = 0;
      for (; back !== 'end'; back = step(back as never)) count++;
      expect(count).toBe(levels);
    }
  });

  it('states of [reduce] in each other take stack: too many are refused, in a line', () => {
    class Link {
      next: unknown;
      [reduce]() {
        return { next: this.next };
      }
    }
    registerModules({ chained: { Link } });
    const chain = (length: number): unknown =>
      Array.from({ length }).reduce((next) => Object.assign(new Link(), { next }), undefined as unknown);
    expect(trip(chain(100))).toBeInstanceOf(Link);
    const message = refusal(chain(100_000));
    expect(message).toMatch(/^args\.next\.next.* … .*\.next could not be read: .*(stack|recursion)/);
    expect(message.length).toBeLessThan(700);
    expect(trip([1])).toEqual([1]);
  });
});
