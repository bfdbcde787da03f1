// What is said of what was thrown. Nothing here throws in turn, as in thrown.ts.

import { describe, isA, isError } from '../errors.ts';
import { isExpected, SystemExit } from './exit.ts';

/** Type, message and stack; in some engines the stack has all of them. */
export function reportOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  const line = describe(thrown);
  try {
    if (!isError(thrown)) return line;
    const head = `${thrown.name}: ${line}`;
    const stack: unknown = thrown.stack;
    if (typeof stack !== 'string') return head;
    return stack.startsWith(head) || (line !== '' && stack.includes(line)) ? stack : `${head}\n${stack}`;
  } catch {
    return line;
  }
}

/** What the console is told of a process that ends by that; nothing where it is no news. */
export function lastWords(name: string, pid: number, thrown: unknown): string | undefined {
  const exit = isA(thrown, SystemExit) ? thrown : undefined;
  if (isExpected(thrown) || exit?.message === '') return undefined;
  return exit === undefined
    ? `${name} (pid ${pid}) ended by an uncaught error:\n${reportOf(thrown)}`
    : `${name} (pid ${pid}) ended by exit():\n${exit.message}`;
}
