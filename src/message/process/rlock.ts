// An RLock by request: how deeply this process holds it is counted here.

import type { RLockBody } from '../../sync/bodies.ts';
import { RequestedMutex } from './mutex.ts';

export class RequestedRLock extends RequestedMutex implements RLockBody {
  readonly depth = new Int32Array(4);
}
