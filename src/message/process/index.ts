// A process's part of what works by message.

import { setNames } from '../../codec/shared.ts';
import { announce } from '../../process/parts.ts';
import { RequestedBarrier } from './barrier.ts';
import { RequestedCondition } from './condition.ts';
import { RequestedEvent } from './event.ts';
import { RequestedMutex } from './mutex.ts';
import { processNames, request, start } from './names.ts';
import { RequestedRLock } from './rlock.ts';
import { RequestedSemaphore } from './semaphore.ts';

/** From now on the shared objects of this process are in the page. */
export function install(): void {
  announce('message');
  request('Barrier', RequestedBarrier);
  request('BoundedSemaphore', RequestedSemaphore);
  request('Condition', RequestedCondition);
  request('Event', RequestedEvent);
  request('Lock', RequestedMutex);
  request('RLock', RequestedRLock);
  request('Semaphore', RequestedSemaphore);
  setNames(processNames);
  start();
}
