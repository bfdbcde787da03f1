// Bytes to text, with a table of the short strings seen last: most messages repeat their words.

const TABLE = 1024;
/** Short enough to be looked up. */
const INTERN = 24;

const table: string[] = new Array<string>(TABLE).fill('');
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true, fatal: true });

const of = String.fromCharCode;

/** By fours: a call of few arguments is fast, and few parts are joined. */
function fresh(bytes: Uint8Array, start: number, end: number): string {
  let at = start;
  let text = '';
  for (; at + 4 <= end; at += 4) {
    text += of(bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number, bytes[at + 3] as number);
  }
  while (at < end) text += of(bytes[at++] as number);
  return text;
}

/** A short string of one byte a code unit. */
export function latin1(bytes: Uint8Array, start: number, length: number): string {
  const end = start + length;
  if (length > INTERN) return fresh(bytes, start, end);
  const middle = bytes[start + (length >> 1)] as number;
  const place =
    (length * 61 + (bytes[start] as number) * 7 + middle * 29 + (bytes[end - 1] as number) * 11) & (TABLE - 1);
  const known = table[place] as string;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === bytes[start + i]) i++;
    if (i === length) return known;
  }
  return (table[place] = fresh(bytes, start, end));
}

/** Bytes below 128. */
export const ascii = (bytes: Uint8Array): string => utf8.decode(bytes);

/** Two bytes a code unit, lone surrogates among them. */
export function wide(bytes: Uint8Array): string {
  if (bytes.length > 2 * INTERN) {
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
