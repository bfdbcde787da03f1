// The directive `'use multiprocessing'`, and the files that may have it.

export const SOURCE = /(?<!\.d)\.(?:m?[jt]s|[jt]sx)$/;
/** What a module writes that exports what it has imported; one that exports its own so, too. */
export const HANDS_ON = /\bexport\s*[*{]/;

/** What may come before the directive: a hashbang, comments and other directives. */
const PROLOGUE =
  /^(?:#![^\n]*\n)?(?:[\s;]|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|(['"])use (?!multiprocessing\1)[\w ]+\1)*/;
const DIRECTIVE = /(['"])use multiprocessing\1(?=\s*(?:;|\n|\r|$|\/[/*]))/y;
/** Replaces the directive, and nothing else; `undefined` where the code does not begin with it. */
export function replaceDirective(code: string, replacement: string): string | undefined {
  if (!code.includes('use multiprocessing')) return undefined;
  DIRECTIVE.lastIndex = PROLOGUE.exec(code)?.[0].length ?? 0;
  const start = DIRECTIVE.lastIndex;
  return DIRECTIVE.test(code) ? code.slice(0, start) + replacement + code.slice(DIRECTIVE.lastIndex) : undefined;
}

/** Puts code first in the body of a module: after what may come before a directive. */
export function begin(code: string, statement: string): string {
  const start = PROLOGUE.exec(code)?.[0].length ?? 0;
  return code.slice(0, start) + statement + code.slice(start);
}

export const hasDirective = (code: string): boolean => replaceDirective(code, '') !== undefined;
