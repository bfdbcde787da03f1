// Whether two values are the same to whoever holds them: kinds, prototypes, -0, holes, order of keys, and which of their
// objects are one object. Answers where they first differ; `undefined` where they do not.

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

const quote = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? tagOf(value) : String(value);
};

export interface Options {
  /** Compare errors by name, message and prototype alone: engines' structuredClone loses the rest. */
  readonly plainErrors?: boolean;
  /** Let dates, regular expressions, boxed primitives and errors be one in one value and two in the other. */
  readonly splitLeaves?: boolean;
}

const LEAVES = [Error, Date, RegExp, Boolean, Number, String, BigInt];

export function difference(left: unknown, right: unknown, options: Options = {}): string | undefined {
  const twins = new Map<object, object>();
  const back = new Map<object, object>();
  const todo: [unknown, unknown, string][] = [[left, right, 'value']];
  const also = (a: unknown, b: unknown, path: string): void => {
    todo.push([a, b, path]);
  };
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const [a, b, path] = item;
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
      if (!Object.is(a, b)) return `${path}: ${quote(a)} and ${quote(b)}`;
      continue;
    }
    const loose = options.splitLeaves === true && LEAVES.some((Leaf) => a instanceof Leaf);
    if (!loose && (twins.has(a) || back.has(b))) {
      if (twins.get(a) !== b || back.get(b) !== a) return `${path}: shared in one, not in the other`;
      continue;
    }
    twins.set(a, b);
    back.set(b, a);
    const tag = tagOf(a);
    if (tag !== tagOf(b)) return `${path}: ${tag} and ${tagOf(b)}`;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: other prototypes`;
    const primitive = (read: (object: never) => unknown): void => also(read(a as never), read(b as never), `${path}()`);
    let fields = true;
    if (a instanceof Error) {
      primitive((e: Error) => e.name);
      primitive((e: Error) => e.message);
      if (options.plainErrors) continue;
      for (const key of ['stack', 'cause', 'errors', 'code'] as const) {
        // In Firefox the stack is inherited until it is copied.
        if (key !== 'stack' && Object.hasOwn(a, key) !== Object.hasOwn(b, key))
          return `${path}.${key}: own in one only`;
        primitive((e: Record<string, unknown>) => e[key]);
      }
    } else if (a instanceof Map && b instanceof Map) {
      if (a.size !== b.size) return `${path}: sizes ${a.size} and ${b.size}`;
      const entries = [...b];
      [...a].forEach(([key, value], i) => {
        also(key, entries[i]?.[0], `${path}.key(${i})`);
        also(value, entries[i]?.[1], `${path}.get(${i})`);
      });
    } else if (a instanceof Set && b instanceof Set) {
      if (a.size !== b.size) return `${path}: sizes ${a.size} and ${b.size}`;
      const members = [...b];
      [...a].forEach((value, i) => also(value, members[i], `${path}.member(${i})`));
    } else if (a instanceof Date) {
      primitive((d: Date) => d.getTime());
    } else if (a instanceof RegExp) {
      primitive((r: RegExp) => r.source);
      primitive((r: RegExp) => r.flags);
      primitive((r: RegExp) => r.lastIndex);
    } else if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
      for (const key of ['byteLength', 'maxByteLength', 'resizable'] as const) also(a[key], b[key], `${path}.${key}`);
      also(String(new Uint8Array(a)), String(new Uint8Array(b)), `${path}.bytes`);
    } else if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
      for (const key of ['byteOffset', 'byteLength', 'buffer'] as const) also(a[key], b[key], `${path}.${key}`);
      fields = false;
    } else if (a instanceof Boolean || a instanceof Number || a instanceof String || a instanceof BigInt) {
      primitive((boxed: { valueOf(): unknown }) => boxed.valueOf());
    } else if (Array.isArray(a) && Array.isArray(b)) {
      also(a.length, b.length, `${path}.length`);
    }
    if (!fields) continue;
    const keys = Object.keys(a);
    also(keys.join('\n'), Object.keys(b).join('\n'), `keys of ${path}`);
    for (const key of keys) {
      also((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}.${key}`);
    }
  }
  return undefined;
}
