// That nobody will answer any more, and what a call throws then.

import { InvalidStateError, WorkerDiedError } from '../errors.ts';
import { hasEnded, table } from '../memory/processes.ts';
import { exitcodeOf } from '../memory/table.ts';

/** Why nobody answers at that process. */
export function gone(server: number, title = 'a call'): Error {
  if (!hasEnded(server)) return new InvalidStateError(`${title}: process ${server} serves no manager`);
  const exitcode = exitcodeOf(table(), server);
  return new WorkerDiedError(
    `${title}: the process of this manager (pid ${server}) has ended, with exit code ${exitcode}, and what it held is gone`,
    server,
    exitcode,
  );
}
