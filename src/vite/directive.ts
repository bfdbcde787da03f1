// The directive `'use multiprocessing'`, and the files that may have it.

export const SOURCE = /(?<!\.d)\.(?:m?[jt]s|[jt]sx)$/;

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

/** Where the body of a module begins: after what may come before a directive. */
export const bodyStart = (code: string): number => PROLOGUE.exec(code)?.[0].length ?? 0;

/** Puts code first in the body of a module. */
export function begin(code: string, statement: string): string {
  const start = bodyStart(code);
  return code.slice(0, start) + statement + code.slice(start);
}

/** What a directive may be looked for in, and is none: comments, and texts, of which one may be the directive. */
const TEXTS = /\/\/.*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|(['"])(?:\\.|(?!\1)[^\\\n])*\1/g;

/** Whether the directive stands on a line of its own, where it is none: after an import, or another statement. */
export function isMisplaced(code: string): boolean {
  if (hasDirective(code)) return false;
  return [...code.matchAll(TEXTS)].some(
    ({ 0: text, index }) =>
      /^['"]use multiprocessing['"]$/.test(text) &&
      /(?:^|\n)$/.test(code.slice(0, index)) &&
      /^[ \t]*;?[ \t]*(?:\r?\n|$)/.test(code.slice(index + text.length)),
  );
}

export const hasDirective = (code: string): boolean => replaceDirective(code, '') !== undefined;

/** Whether a function may begin with the directive: it stands alone somewhere. */
export const mayHaveInPlace = (code: string): boolean => /[{;\s](['"])use multiprocessing\1\s*[;\n\r]/.test(code);
