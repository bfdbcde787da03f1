// A process's part of what works by message.

import { setNames } from '../../codec/shared.ts';
import { setWaitApart } from '../../data/wait.ts';
import { forbidBlocking } from '../../memory/wait.ts';
import { messageTransport } from '../../pool/owner/by_message/transport.ts';
import { setByMessage } from '../../pool/owner/transport.ts';
import { messageLoop } from '../../pool/worker/by_message/loop.ts';
import { setLoopByMessage } from '../../pool/worker/loop.ts';
import { announce } from '../../process/parts.ts';
import { RequestedBarrier } from './barrier.ts';
import { RequestedCondition } from './condition.ts';
import { RequestedEnd } from './end.ts';
import { RequestedEvent } from './event.ts';
import { RequestedMutex } from './mutex.ts';
import { processNames, request, start } from './names.ts';
import { RequestedQueue } from './queue.ts';
import { RequestedRLock } from './rlock.ts';
import { RequestedSemaphore } from './semaphore.ts';
import { RequestedWaiter, waitApart } from './wait.ts';

/** From now on the shared objects of this process are in the page. */
export function install(): void {
  forbidBlocking();
  request('Barrier', RequestedBarrier);
  request('BoundedSemaphore', RequestedSemaphore);
  request('Condition', RequestedCondition);
  request('Connection', RequestedEnd);
  request('Event', RequestedEvent);
  request('JoinableQueue', RequestedQueue);
  request('Lock', RequestedMutex);
  request('Queue', RequestedQueue);
  request('RLock', RequestedRLock);
  request('Semaphore', RequestedSemaphore);
  request('SimpleQueue', RequestedQueue);
  request('Waiter', RequestedWaiter);
  setWaitApart(waitApart);
  // What is started from here needs it, too.
  announce('message');
  setNames(processNames);
  setByMessage(messageTransport);
  setLoopByMessage(messageLoop);
  start();
}
