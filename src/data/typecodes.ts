// The codes of Value and Array, and the typed array that each stands for.
//
//   b B   8-bit integers      i I  l L   32-bit integers                f   32-bit floats
//   h H   16-bit integers     q Q        64-bit integers, as bigint     d   64-bit floats
//   a capital letter: unsigned                                          e   16-bit floats, where the engine has them

import { shown } from '../base/shown.ts';

/** The view on shared memory that each code stands for. */
export interface Views {
  /** 8-bit integers. */
  b: Int8Array<SharedArrayBuffer>;
  /** 8-bit integers, unsigned. */
  B: Uint8Array<SharedArrayBuffer>;
  /** 16-bit integers. */
  h: Int16Array<SharedArrayBuffer>;
  /** 16-bit integers, unsigned. */
  H: Uint16Array<SharedArrayBuffer>;
  /** 32-bit integers. */
  i: Int32Array<SharedArrayBuffer>;
  /** 32-bit integers, unsigned. */
  I: Uint32Array<SharedArrayBuffer>;
  /** 32-bit integers. */
  l: Int32Array<SharedArrayBuffer>;
  /** 32-bit integers, unsigned. */
  L: Uint32Array<SharedArrayBuffer>;
  /** 64-bit integers, as bigint. */
  q: BigInt64Array<SharedArrayBuffer>;
  /** 64-bit integers, unsigned, as bigint. */
  Q: BigUint64Array<SharedArrayBuffer>;
  /** 32-bit floats. */
  f: Float32Array<SharedArrayBuffer>;
  /** 64-bit floats. */
  d: Float64Array<SharedArrayBuffer>;
  /** 16-bit floats, where the browser has Float16Array. */
  e: Float16Array<SharedArrayBuffer>;
}

/** What a `Value` or `Array` holds: `b B h H i I l L` integers, `q Q` bigints, `f d e` floats. */
export type TypeCode = keyof Views;

/** What one element of that code is in TypeScript: `number`, or `bigint` for `q` and `Q`. */
export type Element<C extends TypeCode> = Views[C][number];

export interface ViewClass<C extends TypeCode = TypeCode> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer, byteOffset?: number, length?: number): Views[C];
}

const NAMES: Readonly<Record<TypeCode, string>> = {
  b: 'Int8',
  B: 'Uint8',
  h: 'Int16',
  H: 'Uint16',
  i: 'Int32',
  I: 'Uint32',
  l: 'Int32',
  L: 'Uint32',
  q: 'BigInt64',
  Q: 'BigUint64',
  f: 'Float32',
  d: 'Float64',
  e: 'Float16',
};

/** The typed array of that code; `call` is the call that names it, for the refusals. */
export function viewClassOf<C extends TypeCode>(code: C, call: string): ViewClass<C> {
  if (typeof code !== 'string' || !Object.hasOwn(NAMES, code)) {
    throw new TypeError(`${call}: the code must be one of ${Object.keys(NAMES).join(' ')}, not ${shown(code)}`);
  }
  const view = (globalThis as unknown as Readonly<Record<string, ViewClass<C> | undefined>>)[`${NAMES[code]}Array`];
  if (view === undefined) throw new TypeError(`${call}: this browser has no Float16Array, which code 'e' needs`);
  return view;
}

/** The code of a plain typed array or one of ours; `undefined` where no code stands for it. */
export function codeOf(view: ArrayBufferView): TypeCode | undefined {
  const name = (view as unknown as Readonly<Record<symbol, string>>)[Symbol.toStringTag];
  return (Object.keys(NAMES) as TypeCode[]).find((code) => name === `${NAMES[code]}Array`);
}

export const isFloat = (code: TypeCode): boolean => 'fde'.includes(code);
export const isBig = (code: TypeCode): boolean => 'qQ'.includes(code);

/** Refuses what is no element of this code: text, null, a number for a bigint. */
export function checkElement(code: TypeCode, value: unknown, what: string): void {
  const wanted = isBig(code) ? 'bigint' : 'number';
  if (typeof value !== wanted) throw new TypeError(`${what} must be a ${wanted}, not ${shown(value)}`);
}
