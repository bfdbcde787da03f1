// The page's part of what works by message.

import { messageTransport } from '../../pool/owner/by_message/transport.ts';
import { setByMessage } from '../../pool/owner/transport.ts';
import { connection, joinable, queue, waiter } from './data.ts';
import { type Channel, serve, start } from './requests.ts';
import { barrier, bounded, condition, event, lock, rlock, semaphore } from './sync.ts';

/**
 * From now on this page does what processes ask of the shared objects that it has for them. Each line is a part, which the Vite plugin
 * leaves out where an app has no use for it (src/vite/way.ts). `by` stands for the messages of workers.
 */
export function install(by?: Channel): void {
  serve('Barrier', barrier);
  serve('BoundedSemaphore', bounded);
  serve('Condition', condition);
  serve('Connection', connection);
  serve('Event', event);
  serve('JoinableQueue', joinable);
  serve('Lock', lock);
  serve('Queue', queue);
  serve('RLock', rlock);
  serve('Semaphore', semaphore);
  serve('SimpleQueue', queue);
  serve('Waiter', waiter);
  setByMessage(messageTransport);
  start(by);
}
