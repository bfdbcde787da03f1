// What a build says of a place in a module, where it was written: other plugins may have made something else of the module before.

import { SourceMap } from 'node:module';
import type { Rollup } from 'vite';

/** Lines that are shown before the place, and after it. */
const AROUND = 2;

/** Of what a place is said: a module as it is now, and how it came to that. */
export interface Said {
  readonly id: string;
  readonly code: string;
  readonly map: Rollup.SourceMap;
}

/** As bundlers show it: with file, line and column, and the lines around it. `position` is an offset in the code. */
export function logAt(message: string, position: number, { id, code, map }: Said): Rollup.RollupLog {
  const before = code.slice(0, position).split('\n');
  const line = before.length - 1;
  const column = before.at(-1)?.length ?? 0;
  const found = new SourceMap(map as never).findEntry(line, column);
  const [file = id] = id.split('?');
  // Of what no line of the source has become, the place is where it is now.
  const isKnown = 'originalLine' in found && found.originalLine !== undefined;
  const source = isKnown ? map.sourcesContent?.[map.sources.indexOf(found.originalSource)] : undefined;
  const at = isKnown && source != null ? { line: found.originalLine, column: found.originalColumn } : { line, column };
  return {
    message,
    id,
    loc: { file, line: at.line + 1, column: at.column },
    frame: frameOf(source ?? code, at.line, at.column),
  };
}

function frameOf(source: string, line: number, column: number): string {
  const first = Math.max(0, line - AROUND);
  const lines = source.split(/\r?\n/).slice(first, line + AROUND + 1);
  const width = String(line + AROUND + 1).length;
  const shown = lines.map((text, i) => `${String(first + i + 1).padStart(width)} | ${text}`);
  shown.splice(line - first + 1, 0, `${' '.repeat(width)} | ${' '.repeat(column)}^`);
  return shown.join('\n');
}
