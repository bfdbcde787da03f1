// exit(): an end that unwinds the stack like an error and is none.

import { describe } from '../errors.ts';

/** What `exit()` throws. A process whose target lets it pass ends with its code. */
export class SystemExit extends Error {
  readonly exitcode: number;

  constructor(exitcode: number, message: string) {
    super(message);
    this.exitcode = exitcode;
  }
}
Object.defineProperty(SystemExit.prototype, 'name', { value: 'SystemExit' });

/**
 * Ends this process: `finally` blocks and `onExit` callbacks run, then it is over. It does so by throwing, so a `catch`
 * that swallows everything stops it.
 *
 * @param code the exit code: integers count modulo 256; `true` is 1; missing, `null` and `false` are 0; anything else is
 *   written to the console, as text, and the code is 1.
 *
 * Python: `sys.exit`.
 */
export function exit(code?: unknown): never {
  const value = typeof code === 'boolean' ? Number(code) : (code ?? 0);
  if (typeof value === 'bigint') throw new SystemExit(Number(BigInt.asUintN(8, value)), '');
  if (Number.isInteger(value)) throw new SystemExit(modulo256(value as number), '');
  // A text is what it is; other values are told apart from texts by what they hold.
  throw new SystemExit(1, typeof code === 'string' ? code : inspected(code));
}

function inspected(code: unknown): string {
  try {
    return (typeof code === 'object' ? JSON.stringify(code) : undefined) ?? String(code);
  } catch {
    return describe(code);
  }
}

const modulo256 = (code: number): number => ((code % 256) + 256) % 256;

/** Errors that end a process, and of which its parent hears as what a call throws. */
const expected = new WeakSet<object>();

/** Marks what is thrown as no news for the console. */
export function expect(error: unknown): void {
  if (typeof error === 'object' && error !== null) expected.add(error);
}

export const isExpected = (error: unknown): boolean => expected.has(error as object);
