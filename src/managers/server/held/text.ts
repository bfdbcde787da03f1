// An object of a manager as text.

import { isError } from '../../../errors.ts';
import { BaseProxy } from '../../proxy.ts';
import { Dict, List, SetOf } from './containers.ts';
import { ArrayHolder, Namespace, ValueHolder } from './simple.ts';
import { copyOut } from './value.ts';

/** Items of a container that are shown. */
const MOST_ITEMS = 100;
const MOST_DEPTH = 4;

function list(items: Iterable<string>, open: string, close: string): string {
  const shown: string[] = [];
  for (const item of items) {
    if (shown.length === MOST_ITEMS) {
      shown.push('…');
      break;
    }
    shown.push(item);
  }
  return shown.length === 0 ? open.trim() + close.trim() : open + shown.join(', ') + close;
}

/** A value within another. */
function inner(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "\\'")}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof BaseProxy) return value.toString();
  if (depth > MOST_DEPTH) return '…';
  const next = (item: unknown): string => inner(item, depth + 1);
  if (Array.isArray(value)) return list(value.map(next), '[', ']');
  if (ArrayBuffer.isView(value)) {
    const items = value instanceof DataView ? [] : Array.from(value as Uint8Array, next);
    return list(items, `${value.constructor.name} [`, ']');
  }
  if (value instanceof Map) {
    return list(
      [...value].map(([key, item]) => `${next(key)} => ${next(item)}`),
      `Map(${value.size}) { `,
      ' }',
    );
  }
  if (value instanceof Set) return list([...value].map(next), `Set(${value.size}) { `, ' }');
  if (isError(value)) return `${value.name}: ${value.message}`;
  if (Object.getPrototypeOf(value) !== Object.prototype && value.toString !== Object.prototype.toString) {
    return String(value);
  }
  return list(
    Object.entries(value).map(([key, item]) => `${key}: ${next(item)}`),
    '{ ',
    ' }',
  );
}

/** What an object is, in a line. */
export function textOf(object: object): string {
  if (object instanceof Namespace) {
    const names = object.keys().filter((name) => !name.startsWith('_'));
    return list(
      names.map((name) => `${name}=${inner(object.get(name), 1)}`),
      'Namespace(',
      ')',
    );
  }
  if (object instanceof ValueHolder) return `Value('${object.code}', ${inner(object.value, 1)})`;
  if (object instanceof ArrayHolder || object instanceof Dict || object instanceof List || object instanceof SetOf) {
    return inner((object as { [copyOut](): unknown })[copyOut](), 0);
  }
  return inner(object, 0);
}
