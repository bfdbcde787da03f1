// A process's part of what works by message.

import { setMarshaller } from '../../codec/shared.ts';
import { setWaitApart } from '../../data/wait.ts';
import { forbidBlocking } from '../../memory/wait.ts';
import { messageTransport } from '../../pool/owner/by_message/transport.ts';
import { setByMessage } from '../../pool/owner/transport.ts';
import { messageLoop } from '../../pool/worker/by_message/loop.ts';
import { setLoopByMessage } from '../../pool/worker/loop.ts';
import { closeSelf } from '../../process/child/bootstrap.ts';
import { scope } from '../../process/child/uplink.ts';
import { announce } from '../../process/late_parts.ts';
import { RequestedBarrier } from './barrier.ts';
import { RequestedCondition } from './condition.ts';
import { RequestedEnd } from './end.ts';
import { RequestedEvent } from './event.ts';
import { processMarshaller, registerBody, start } from './keys.ts';
import { RequestedMutex } from './mutex.ts';
import { RequestedQueue } from './queue.ts';
import { RequestedRLock } from './rlock.ts';
import { RequestedSemaphore } from './semaphore.ts';
import { RequestedWaiter, waitApart } from './wait.ts';

/** From now on the shared objects of this process are in the page. Each line is a part, as in that of the page. */
export function install(): void {
  forbidBlocking();
  scope.close = closeSelf;
  registerBody('Barrier', RequestedBarrier);
  registerBody('BoundedSemaphore', RequestedSemaphore);
  registerBody('Condition', RequestedCondition);
  registerBody('Connection', RequestedEnd);
  registerBody('Event', RequestedEvent);
  registerBody('JoinableQueue', RequestedQueue);
  registerBody('Lock', RequestedMutex);
  registerBody('Queue', RequestedQueue);
  registerBody('RLock', RequestedRLock);
  registerBody('Semaphore', RequestedSemaphore);
  registerBody('SimpleQueue', RequestedQueue);
  registerBody('Waiter', RequestedWaiter);
  setWaitApart(waitApart);
  // What is started from here needs it, too.
  announce('message');
  setMarshaller(processMarshaller);
  setByMessage(messageTransport);
  setLoopByMessage(messageLoop);
  start();
}
