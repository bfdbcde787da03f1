// exit(): an end that unwinds the stack like an error and is none.

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
 * @param code the exit code: integers count modulo 256; `true` is 1; missing, `null` and `false` are 0; a text or any other
 *   number is written to the console, and the code is 1.
 *
 * Python: `sys.exit`.
 */
export function exit(code: number | boolean | string | null = 0): never {
  if (typeof code === 'string' || (typeof code === 'number' && !Number.isInteger(code)))
    throw new SystemExit(1, String(code));
  throw new SystemExit(modulo256(Number(code)), '');
}

const modulo256 = (code: number): number => ((code % 256) + 256) % 256;

/** Errors that end a process, and of which its parent hears as what a call throws. */
const expected = new WeakSet<object>();

/** Marks what is thrown as no news for the console. */
export function expect(error: unknown): void {
  if (typeof error === 'object' && error !== null) expected.add(error);
}

export const isExpected = (error: unknown): boolean => expected.has(error as object);
