// What processes print, on its way to the page.
//
// `console.log` in a worker is seen in the developer tools, not by the page. So in a process of this page it also posts
// each line to a BroadcastChannel: the examples print as they would anywhere, and it works from processes of processes.
// A message is handed to the browser before `postMessage` returns, so it arrives even when the worker closes, or is
// terminated, right after. But shared memory is faster than messages, so the page may see a process end before its last
// line comes. Therefore:
//
// - each line says when it was printed, and the page shows lines in that order, those of its own among them;
// - a process that ends by itself says so behind its last line, and a run is over when all of its processes have.

import type * as mp from 'web-multiprocessing';

export interface Line {
  readonly type: 'line';
  readonly pid: number;
  readonly name: string;
  /** On a clock that all processes of a page share; milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly isError: boolean;
}

export interface LastLine {
  readonly type: 'end';
  readonly pid: number;
}

export type Message = Line | LastLine;

export const now = (): number => performance.timeOrigin + performance.now();

/** The channel of one page: other tabs that show it have another key, which only their own processes inherit. */
export function openChannel({ authkey }: mp.Process): BroadcastChannel {
  const key = [...authkey.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return new BroadcastChannel(`printed ${key}`);
}

export function lineOf(
  { pid, name }: Pick<mp.Process, 'pid' | 'name'>,
  values: readonly unknown[],
  isError = false,
): Line {
  return {
    type: 'line',
    pid: pid ?? 0,
    name,
    at: now(),
    text: values.map((value) => format(value)).join(' '),
    isError,
  };
}

/** A value as the console shows it: text as it is, but quoted inside of arrays and objects. */
export function format(value: unknown, nested = false): string {
  if (typeof value === 'string') return nested ? `'${value}'` : value;
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Error)
    return value.stack?.includes(value.message) ? value.stack : `${value}\n${value.stack ?? ''}`;
  if (Array.isArray(value)) return `[${value.map((item) => format(item, true)).join(', ')}]`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `[${[...(value as unknown as Iterable<unknown>)].map((item) => format(item, true)).join(', ')}]`;
  }
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${format(key, true)}: ${format(item, true)}`).join(', ')}}`;
  }
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${format(item, true)}`)
      .join(', ')}}`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}
