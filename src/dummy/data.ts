// Queues and pipes between processes of this realm: what is put into them need not be registered.

import { breatheNowAndThen } from '../base/breathe.ts';
import { tag } from '../base/tag.ts';
import { registerShared, type SharedKind, sharedKindOf } from '../codec/shared.ts';
import { Connection, Pipe } from '../data/connection.ts';
import { JoinableQueue } from '../data/joinable_queue.ts';
import { Queue } from '../data/queue.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { here } from './journey.ts';

/** A Queue; what is put into it need not be registered. */
export class DummyQueue<T = unknown> extends Queue<T> {}
/** A JoinableQueue; what is put into it need not be registered. */
export class DummyJoinableQueue<T = unknown> extends JoinableQueue<T> {}
/** A SimpleQueue; what is put into it need not be registered. */
export class DummySimpleQueue<T = unknown> extends SimpleQueue<T> {}
/** Nobody makes one but by `Pipe()`. */
class DummyConnection extends (Connection as unknown as new () => Connection) {}

/** As `Pipe()` of processes of their own. */
export const dummyPipe: typeof Pipe = <A, B>(options?: { duplex?: boolean }) => {
  const ends = Pipe<A, B>(options);
  for (const end of ends) Object.setPrototypeOf(end, DummyConnection.prototype);
  return ends;
};

/** What encodes a value. */
const SENDING = ['put', 'putSync', 'putNowait', 'send', 'sendSync'];

type Method = (this: object, ...args: unknown[]) => unknown;

/** What is sent by objects of that class need not be registered. */
function sendHere(Class: { readonly prototype: object }, Base: { readonly prototype: object }): void {
  for (const name of SENDING) {
    const its = (Base.prototype as Readonly<Record<string, Method>>)[name];
    if (its === undefined) continue;
    const value: Method = function (...args) {
      const sent = here(() => its.apply(this, args));
      return sent instanceof Promise ? paced(sent) : sent;
    };
    Object.defineProperty(Class.prototype, name, { value, configurable: true, writable: true });
  }
}

/** Where there is always room, nobody else would have a turn. */
async function paced<T>(sent: Promise<T>): Promise<T> {
  const answer = await sent;
  await breatheNowAndThen();
  return answer;
}

/** Objects of a class travel as those of its base do, and stay what they are. */
function travels(Class: { readonly prototype: object }, Base: { readonly prototype: object }, name: string): void {
  const kind = sharedKindOf(Base.prototype) as SharedKind;
  const { make } = kind;
  const own = (object: object): object => Object.setPrototypeOf(object, Class.prototype) as object;
  registerShared(Class.prototype, {
    ...kind,
    kind: `dummy.${name}`,
    title: name,
    attach: (state) => own(kind.attach(state)),
    ...(make && { make: (body, beside) => own(make(body, beside)) }),
  });
  sendHere(Class, Base);
  tag(Class.prototype, name);
  Object.defineProperty(Class, 'name', { value: name });
}

travels(DummyQueue, Queue, 'Queue');
travels(DummyJoinableQueue, JoinableQueue, 'JoinableQueue');
travels(DummySimpleQueue, SimpleQueue, 'SimpleQueue');
travels(DummyConnection, Connection, 'Connection');
