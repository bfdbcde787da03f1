// When two values are the same to a manager. What comes from another process is a copy, so objects are compared by what is in
// them: as the codec writes them, in which the order of properties counts. Proxies are the same where their objects are.

import { encode } from '../../../codec/encode.ts';
import { nowhere, routed } from '../../passage.ts';
import { BaseProxy } from '../../proxy.ts';

const isCompound = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof BaseProxy);

/** A text that tells it from others. */
function contentOf(value: object): string {
  const bytes = routed(nowhere, () => encode(value, 'value'));
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Whether a value is this one; -0 is 0, and NaN is NaN. */
export function sameAs(wanted: unknown): (value: unknown) => boolean {
  if (!isCompound(wanted)) return (value) => value === wanted || (Number.isNaN(value) && Number.isNaN(wanted));
  const content = contentOf(wanted);
  return (value) => isCompound(value) && contentOf(value) === content;
}

/** Makes one object of all keys that are the same. */
export class Keys {
  readonly #known = new Map<string, object>();

  /** The key that stands for it; with `add` it may be the first. */
  of<K>(key: K, add = false): K {
    if (!isCompound(key)) return key;
    const content = contentOf(key);
    const known = this.#known.get(content);
    if (known === undefined && add) this.#known.set(content, key);
    return (known as K | undefined) ?? key;
  }

  delete(key: unknown): void {
    if (isCompound(key)) this.#known.delete(contentOf(key));
  }

  clear(): void {
    this.#known.clear();
  }
}
