// Bytes to text, with a table of the short strings seen last: most messages repeat their words.

const TABLE = 1024;
/** Short enough to be looked up. */
const INTERN = 24;

/** Who found nothing so many times in a row is reading new text, and looks for one string in eight until one is found. */
const PATIENCE = 64;

let misses = 0;
let skipped = 0;
const table: string[] = new Array<string>(TABLE).fill('');
/** jsdom has none. */
const [utf8, utf16] =
  typeof TextDecoder === 'function'
    ? [new TextDecoder('utf-8', { ignoreBOM: true }), new TextDecoder('utf-16le', { ignoreBOM: true, fatal: true })]
    : [];

/** Every index that is asked for below is there. */
const of = String.fromCharCode as (...units: (number | undefined)[]) => string;

/** By eights: a call of few arguments is fast, and few parts are joined. */
function fresh(bytes: Uint8Array, start: number, end: number): string {
  const b = bytes;
  let at = start;
  let text = '';
  for (; at + 8 <= end; at += 8) {
    text += of(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4], b[at + 5], b[at + 6], b[at + 7]);
  }
  if (at + 4 <= end) {
    text += of(b[at], b[at + 1], b[at + 2], b[at + 3]);
    at += 4;
  }
  if (at + 2 <= end) {
    text += of(b[at], b[at + 1]);
    at += 2;
  }
  return at < end ? text + of(b[at]) : text;
}

/** A short string of one byte a code unit. */
export function latin1(bytes: Uint8Array, start: number, length: number): string {
  const end = start + length;
  if (length > INTERN || (misses > PATIENCE && (skipped = (skipped + 1) & 7) > 0)) return fresh(bytes, start, end);
  const middle = bytes[start + (length >> 1)] as number;
  const place =
    (length * 61 + (bytes[start] as number) * 7 + middle * 29 + (bytes[end - 1] as number) * 11) & (TABLE - 1);
  const known = table[place] as string;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
    if (i === length) {
      misses = 0;
      return known;
    }
  }
  misses++;
  return (table[place] = fresh(bytes, start, end));
}

/** Bytes below 128. */
export const ascii = (bytes: Uint8Array): string => utf8?.decode(bytes) ?? fresh(bytes, 0, bytes.length);

/** Two bytes a code unit, lone surrogates among them. */
export function wide(bytes: Uint8Array): string {
  if (utf16 !== undefined && bytes.length > 2 * INTERN) {
    try {
      return utf16.decode(bytes);
    } catch {
      // It has lone surrogates, which the decoder would replace.
    }
  }
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) text += of((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
  return text;
}
