// What a worker in reserve does while it waits: some times what every process does first, in a table of its own. Most of the time
// of a warm start was code that runs for the first time.

import { isIsolated } from '../../base/isolation.ts';
import { MAIN } from '../../base/thread.ts';
import { encode } from '../../codec/encode.ts';
import { anyTarget } from '../../codec/registry.ts';
import type { Carrier } from '../../codec/shared.ts';
import { SimpleQueue } from '../../data/simple_queue.ts';
import { add, makeTable } from '../../memory/table.ts';
import { Lock } from '../../sync/lock.ts';
import { optional } from '../optional.ts';
import { type Origin, origin } from '../origin.ts';
import { makeOutcome, writeResult } from '../outcome.ts';
import { pack } from '../parcel.ts';
import type { SpawnRequest } from '../protocol.ts';
import { forget, receive } from './bootstrap.ts';

/** After one round the engine has compiled it, after some more it has optimised it: that too would take its time later. */
const ROUNDS = 10;

/** What a worker in reserve does before it is anything. */
export function rehearse(): void {
  if (!isIsolated) return;
  try {
    const scratch = makeTable();
    const queue = new SimpleQueue();
    const args = [queue, anyTarget(), 'text', 1, null, { a: [1.5] }];
    const part = {
      name: '',
      identity: [],
      daemon: false,
      parent: MAIN,
      parentName: '',
      executable: 0,
      lateParts: [],
      outcome: makeOutcome(),
    };
    for (let i = 0; i < ROUNDS; i++) {
      const carrier: Carrier = { attachments: [], transfer: [], heirs: [] };
      const work = pack(
        encode({ process: undefined, target: undefined, args, kwargs: undefined }, '', carrier),
        carrier,
      );
      const request = { ...part, pid: add(scratch, MAIN), work } as unknown as SpawnRequest;
      receive({ type: 'boot', request, table: scratch.buffer as SharedArrayBuffer, arena: undefined, pids: undefined });
      void queue.get();
      ((origin as Origin).assignment.args[0] as SimpleQueue).putSync(args.slice(2));
      new Lock().withSync(() => {});
      writeResult(part.outcome, undefined, () => {});
    }
  } catch {
    // Where memory is short: this worker may still do.
  }
  forget();
}

optional.rehearse = rehearse;
