// The record: how a value lies in bytes. `encode.ts` writes it, `decode.ts` reads it, nothing else knows it.
//
//   record    flag, value, late contents
//   flag      1 where the record has a REF (objects must be remembered), else 0
//
//   first byte  name          what follows
//   ----------  ------------  ------------------------------------------------------------------
//   00 .. 7f    INT           the integers -16 .. 111: nothing
//   80 .. 9f    TEXT          0 .. 31 bytes, a latin1 code unit each
//   a0 .. af    ARRAY         0 .. 15 values
//   b0 .. bf    SHAPED        an object of shape 0 .. 15: a value for each key
//   c0 .. c3    NULL, UNDEFINED, FALSE, TRUE
//   c4          INT32         4 bytes, little-endian
//   c5          FLOAT64       8 bytes, in the machine's order (a record never leaves the machine)
//   c6          BIGINT        decimal digits as a string value
//   c7          ASCII         length, bytes
//   c8          WIDE          length, two bytes a code unit
//   c9          GONE          in place of a value: a getter removed the key
//   ca          REF           number of an object that the record has named before
//   cb          ARRAY_LONG    length, values
//   cc          ARRAY_SPARSE  length, count, (key value) pairs; keys are string values
//   cd          NUMBERS       an array of numbers alone: length, bytes of each (1 and 4: integers, 8: float64), elements
//   ce          SHAPE         key count (1 byte), keys as string values, then as SHAPED; the shape gets the next number
//   cf          SHAPED_LONG   number of the shape, a value for each key
//   d0          DICT          count, (key value) pairs: many keys
//   d1          MAP           count, (key value) pairs
//   d2          SET           count, values
//   d3          DATE          8 bytes as FLOAT64
//   d4          REGEXP        source, flags: string values
//   d5          BOXED         a primitive value
//   d6          BUFFER        length, maxByteLength + 1 or 0, bytes
//   d7          VIEW          index in VIEWS (1 byte), byteOffset, length + 1 or 0 (tracks the buffer), buffer value
//   d8          ATTACHMENT    index
//   d9          ERROR         class (string value; DOMException: then name and message), count, then
//                             (key enumerable-flag value) triples
//   da          TARGET        registered name: string value
//   db          CLASS         class (TARGET value), an ARRAY_LONG to ATTACHMENT or a short form that gets its prototype,
//                             and, where that is no array or object, count, (key value) pairs: its own fields
//   dc          REDUCED       class (TARGET value), whole state
//   dd          SHARED        kind: string value, whole state
//   de          BESIDE        the next of the strings that are beside the record; after the first, the index of the attachment,
//                             which has them in lists of CHUNK
//
// Lengths, counts and numbers are LEB128. Every object is numbered in the order in which its first byte appears.
// Contents that begin DEPTH levels down are late: they come after the value, in the order met, counting levels anew;
// so a long chain takes no stack. A whole state is followed by its own late contents.

/** The key under which an error carries what it left behind: the name of no field, but of a symbol where it arrives. */
export const LEFT_BEHIND = '@@leftBehind';

export const INT_BIAS = 16;
export const TEXT = 0x80;
export const TEXT_MAX = 31;
export const ARRAY = 0xa0;
export const SHAPED = 0xb0;
export const INLINE = 16;
export const NULL = 0xc0;
export const UNDEFINED = 0xc1;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
export const INT32 = 0xc4;
export const FLOAT64 = 0xc5;
export const BIGINT = 0xc6;
export const ASCII = 0xc7;
export const WIDE = 0xc8;
export const GONE = 0xc9;
export const REF = 0xca;
export const ARRAY_LONG = 0xcb;
export const ARRAY_SPARSE = 0xcc;
export const NUMBERS = 0xcd;
export const SHAPE = 0xce;
export const SHAPED_LONG = 0xcf;
export const DICT = 0xd0;
export const MAP = 0xd1;
export const SET = 0xd2;
export const DATE = 0xd3;
export const REGEXP = 0xd4;
export const BOXED = 0xd5;
export const BUFFER = 0xd6;
export const VIEW = 0xd7;
export const ATTACHMENT = 0xd8;
export const ERROR = 0xd9;
export const TARGET = 0xda;
export const CLASS = 0xdb;
export const REDUCED = 0xdc;
export const SHARED = 0xdd;
export const BESIDE = 0xde;

/** How many levels the recursion goes down before contents are written late. */
export const DEPTH = 64;
/** Objects of more keys than this are dictionaries: no shape is made of them. */
export const SHAPE_KEYS = 24;

/** Views by index; an engine may lack some. New ones go to the end. */
export const VIEWS =
  'DataView,Int8Array,Uint8Array,Uint8ClampedArray,Int16Array,Uint16Array,Int32Array,Uint32Array,Float32Array,Float64Array,BigInt64Array,BigUint64Array,Float16Array'.split(
    ',',
  );

/** The class that this engine has by a name. */
export const globalNamed = (name: string): { readonly prototype: object } | undefined =>
  (globalThis as unknown as Readonly<Record<string, { readonly prototype: object } | undefined>>)[name];

/** So many strings are in each of their lists: one that is longer is copied again and again while it grows. */
export const CHUNK = 1 << 13;
