// A task as bytes.

import { isWorker } from '../../base/thread.ts';
import { encode } from '../../codec/encode.ts';
import { disinherit } from '../../codec/shared.ts';
import { WORTH_POSTING } from '../../process/parcel.ts';
import { APPLY, type CallCarrier, carrierAtHand, newCarrier, type Work } from '../task_record.ts';

/**
 * The bytes of a task, and what a message has to carry beside them.
 *
 * @param first where the items of a chunk begin among those of the call.
 * @throws DataCloneError, naming the path.
 */
export function encodeWork(work: Work, call: string, first: number): { bytes: Uint8Array; carrier: CallCarrier } {
  const carrier = carrierAtHand(WORTH_POSTING, !isWorker);
  try {
    return { bytes: encode(work, '', carrier), carrier };
  } catch (error) {
    // Once more, with the names that the caller knows.
    const [kind, f, payload, kwds] = work;
    const again = newCarrier(WORTH_POSTING, false);
    encode(f, `the first argument of Pool.${call}()`, again);
    if (kind === APPLY) encode({ args: payload, kwds }, '', again);
    else payload.forEach((item, i) => void encode(item, `items[${first + i}]`, again));
    disinherit(again.heirs, 0);
    throw error;
  }
}
