// A client's side of the way to a manager in a page that is not isolated: the records of request_record.ts, as posts
// (process/protocol.ts). The page hands them on, in the order in which they were sent, with all else that a process says. Requests
// gather (process/gathering.ts): those behind the first of a message are its attachments.

import { hasEnded } from '../memory/processes.ts';
import { endOf, refuseBlocking, settle } from '../memory/wait.ts';
import { Gathering } from '../process/gathering.ts';
import { checkReady, follow, post } from '../process/kernel.ts';
import { listenTo } from '../process/mailbox.ts';
import { bytesOf, type Posted, toPost } from '../process/parcel.ts';
import { REPLY, REQUEST } from '../process/protocol.ts';
import { gone } from './gone.ts';
import { RecordLink } from './record_link.ts';

/** Those that were used, by the pid of the server. */
const links = new Map<number, PostedLink>();

export class PostedLink extends RecordLink<number> {
  /** Hears replies, and of the server's end, from the first request on. @throws InvalidStateError where there are no processes. */
  #open(): void {
    const { server } = this;
    checkReady();
    if (links.size === 0) listenTo(REPLY, ({ from, parcel }) => links.get(from)?.receive(bytesOf(parcel)));
    links.set(server, this);
    follow(server);
    void settle(endOf(server)).then(() => {
      links.delete(server);
      this.#fail();
    });
  }

  readonly #requests = new Gathering<Posted>(([first = '', ...others]) =>
    post({ to: this.server, claim: REQUEST, parcel: { bytes: first, attachments: others, transfer: [] } }),
  );

  receive(record: Uint8Array): void {
    if (record.length > 0) this.hear(record);
    else this.#fail();
  }

  #fail(): void {
    this.calls.fail(() => gone(this.server));
  }

  protected override send(record: Uint8Array, title: string): undefined {
    const { server } = this;
    if (hasEnded(server)) throw gone(server, title);
    if (!links.has(server)) this.#open();
    this.#requests.add(toPost(record));
  }

  /** @throws BlockingNotAllowedError, always. */
  callSync(_object: number, _method: string, _args: readonly unknown[], title: string): never {
    throw refuseBlocking(title);
  }

  post(method: string, ...args: unknown[]): void {
    if (hasEnded(this.server)) return;
    try {
      this.send(this.request(0, 0, method, args, 0), method);
    } catch {
      // Nobody can serve here, and so nobody holds anything.
    }
  }
}
