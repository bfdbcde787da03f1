// Queues and pipes between processes of this realm: what is put into them need not be registered.

import type { BlockOptions, SyncBlockOptions, SyncWaitOptions, WaitOptions } from '../base/options.ts';
import { tag } from '../base/tag.ts';
import { registerShared, type SharedKind, sharedKindOf } from '../codec/shared.ts';
import { Connection, Pipe } from '../data/connection.ts';
import { JoinableQueue } from '../data/joinable_queue.ts';
import { Queue } from '../data/queue.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { here } from './journey.ts';

export class DummyQueue<T = unknown> extends Queue<T> {
  override put(item: T, options?: BlockOptions): Promise<void> {
    return here(() => super.put(item, options));
  }

  override putSync(item: T, options?: SyncBlockOptions): void {
    here(() => super.putSync(item, options));
  }

  override putNowait(item: T): void {
    here(() => super.putNowait(item));
  }
}

export class DummyJoinableQueue<T = unknown> extends JoinableQueue<T> {
  override put(item: T, options?: BlockOptions): Promise<void> {
    return here(() => super.put(item, options));
  }

  override putSync(item: T, options?: SyncBlockOptions): void {
    here(() => super.putSync(item, options));
  }

  override putNowait(item: T): void {
    here(() => super.putNowait(item));
  }
}

export class DummySimpleQueue<T = unknown> extends SimpleQueue<T> {
  override put(item: T, options?: Pick<WaitOptions, 'signal'>): Promise<void> {
    return here(() => super.put(item, options));
  }

  override putSync(item: T): void {
    here(() => super.putSync(item));
  }
}

/** Nobody makes one but by `Pipe()`. */
class DummyConnection extends (Connection as unknown as new () => Connection) {
  override send(value: unknown, options?: WaitOptions): Promise<void> {
    return here(() => super.send(value, options));
  }

  override sendSync(value: unknown, options?: SyncWaitOptions): void {
    here(() => super.sendSync(value, options));
  }
}

/** As `Pipe()` of processes of their own. */
export const dummyPipe: typeof Pipe = <A, B>(options?: { duplex?: boolean }) => {
  const ends = Pipe<A, B>(options);
  for (const end of ends) Object.setPrototypeOf(end, DummyConnection.prototype);
  return ends;
};

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
  tag(Class.prototype, name);
  Object.defineProperty(Class, 'name', { value: name });
}

travels(DummyQueue, Queue, 'Queue');
travels(DummyJoinableQueue, JoinableQueue, 'JoinableQueue');
travels(DummySimpleQueue, SimpleQueue, 'SimpleQueue');
travels(DummyConnection, Connection, 'Connection');
