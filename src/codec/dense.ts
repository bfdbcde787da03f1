// What an array of plain data is: dense, or nothing but numbers. Both are asked of every array, so both take what is fastest.

/** Up to this length the keys of an array tell whether it is dense; from there on its values do it faster. */
const SHORT = 32;
/** The last index of an array of each short length: there, the numbers need not be made text. */
const LAST = Array.from({ length: SHORT }, (_, length) => String(length - 1));

/** Whether an array has all of its indices, and no other key. Indices come first, in order: then so does the last. */
export function isDense(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length >= SHORT) {
    if (Object.values(array).length !== length) return false;
    if (!Array.prototype.includes.call(array, undefined)) return true;
  }
  const keys = Object.keys(array);
  return keys.length === length && (length === 0 || keys[length - 1] === (LAST[length] ?? String(length - 1)));
}

/** In how many bytes each element of an array of numbers can be written; 0 if it holds anything else. */
export function widthOf(array: readonly unknown[]): 0 | 1 | 4 | 8 {
  let bits = 0;
  let whole = true;
  for (let i = 0; i < array.length; i++) {
    const value = array[i];
    if (typeof value !== 'number') return 0;
    // All but the sign of an int32.
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) bits |= value ^ (value >> 31);
    else whole = false;
  }
  return whole ? (bits < 128 ? 1 : 4) : 8;
}
