// Requests and replies as posts, in a page that is not isolated (managers/posted_link.ts).

import { pid } from '../../base/thread.ts';
import { frame } from '../../data/record.ts';
import { allocate } from '../../memory/buffer.ts';
import { settle, type Waiting, wake } from '../../memory/wait.ts';
import { follow, post } from '../../process/kernel.ts';
import { listenTo } from '../../process/mailbox.ts';
import { fromPost, NOTHING, type Parcel, type Posted, pack } from '../../process/parcel.ts';
import { type Post, REPLY, REQUEST } from '../../process/protocol.ts';
import { hear, type Requests } from './requests.ts';
import type { Server } from './server.ts';
import { ProcessSession } from './session.ts';

/** @param early those that came before this was loaded. */
export function postedRequests(early: readonly Post[]): Requests {
  const nudges = new Int32Array(allocate(4));
  return {
    newSession(client) {
      follow(client);
      return new PostedSession(pid, client);
    },
    async listen(server, isOver) {
      // What comes later than the end is dropped: whoever waits for a reply hears of the end.
      const take = ({ parcel }: Post): void => {
        for (const record of [parcel.bytes, ...(parcel.attachments as readonly Posted[])]) {
          if (!isOver()) hear(server, fromPost(record));
        }
      };
      for (const each of early) take(each);
      listenTo(REQUEST, take);
      await settle(ending(server, nudges, isOver));
    },
    nudge() {
      Atomics.add(nudges, 0, 1);
      wake(nudges, 0);
    },
  };
}

/** Looks at each change, and at each nudge. */
export function* ending(server: Server, words: Int32Array, isOver: () => boolean): Waiting<void> {
  while (!isOver()) {
    server.bury();
    yield { words, index: 0, seen: Atomics.load(words, 0), until: Number.POSITIVE_INFINITY };
  }
}

class PostedSession extends ProcessSession {
  override reply(id: number, kind: number, value: Uint8Array): void {
    this.#post(pack(frame(id, kind, value)));
  }

  #post(parcel: Parcel): void {
    post({ to: this.pid, claim: REPLY, parcel });
  }

  override end(): void {
    // It may wait for replies while this process goes on.
    if (!this.isGone) this.#post(NOTHING);
    super.end();
  }
}
