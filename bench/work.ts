// What a worker computes, ours or a peer's.

export const increment = (x: number): number => x + 1;

/** Computes for a while: `units` times the same. */
export function crunch(units: number): number {
  let x = 1;
  for (let i = 0; i < units * 100_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i;
  return x;
}

/** Takes what it is given, and answers how much that is. */
export const measured = (given: { readonly length: number }): number => given.length;

export type Moved = Float64Array<ArrayBuffer>;

/** Numbers to fill an array with. */
export function numbers(length: number): Moved {
  const array = new Float64Array(length);
  for (let i = 0; i < length; i++) array[i] = i * 0.5;
  return array;
}
