// Processes and tasks in the performance panel of the browser's tools: a track for each process, with its life and the tasks it did.
//
// The panel takes what `performance.measure()` is told under `devtools`; other browsers show plain measures.

import type { Birth, Run } from '../base/observer.ts';
import { table } from '../memory/processes.ts';
import { exitcodeOf } from '../memory/table.ts';

export interface Started extends Birth {
  /** Milliseconds since 1970. */
  readonly started: number;
}

const GROUP = 'web-multiprocessing';

/** All times are milliseconds since 1970. */
interface Entry {
  readonly name: string;
  readonly track: string;
  readonly color: 'primary' | 'tertiary' | 'error';
  readonly start: number;
  readonly end: number;
  readonly properties: readonly (readonly [name: string, value: string])[];
}

function show({ name, track, color, start, end, properties }: Entry): void {
  const { timeOrigin } = performance;
  const devtools = { dataType: 'track-entry', trackGroup: GROUP, track, color, properties, tooltipText: name };
  // A page that has replaced `performance` is not to suffer for it.
  try {
    // No measure may begin before the page.
    const from = Math.max(0, start - timeOrigin);
    performance.measure(name, { start: from, end: Math.max(from, end - timeOrigin), detail: { devtools } });
    // The panel has it: nothing is to grow with every task.
    performance.clearMeasures(name);
  } catch {}
}

const milliseconds = (span: number): string => `${Math.max(0, span).toFixed(3)} ms`;

/** A task of a pool: as long as it ran. */
export const showRun = ({ pid, worker, task, size, submitted, began, ended }: Run): void =>
  show({
    name: `task ${task}`,
    track: `${worker} (pid ${pid})`,
    color: 'primary',
    start: began,
    end: ended,
    properties: [
      ['function and arguments', `${size} bytes`],
      ['waited', milliseconds(began - submitted)],
      ['ran', milliseconds(ended - began)],
    ],
  });

/** A process that has ended: from its start to its end. */
export function showLife({ pid, parent, name, method, task, started }: Started): void {
  const exitcode = exitcodeOf(table(), pid);
  // Its worker could not be started.
  if (exitcode === null) return;
  show({
    name: `process ${name}`,
    track: `${name} (pid ${pid})`,
    color: exitcode === 0 ? 'tertiary' : 'error',
    start: started,
    end: performance.timeOrigin + performance.now(),
    properties: [
      ['runs', task],
      ['parent', `pid ${parent}`],
      ['start method', method],
      ['exit code', String(exitcode)],
    ],
  });
}
