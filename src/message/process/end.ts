// An end of a pipe by request: its messages are in the page, and who holds it.

import { pid } from '../../base/thread.ts';
import type { Heir } from '../../codec/shared.ts';
import type { EndBody, EndFacts, Wanted } from '../../data/bodies.ts';
import { refuseBlocking, settle, type Waiting } from '../../memory/wait.ts';
import { movedOf, toPost } from '../../process/parcel.ts';
import { newKey, open, Requested } from './keys.ts';
import { Call, call, post } from './requests.ts';
import { timeoutOf, unknown } from './texts.ts';
import { Unanswered } from './unanswered.ts';

/** The numbers of a process's own ends, of which it has so many: no other process has them. */
const FILENOS = 1 << 12;
const FIRST_FILENO = 3;
let numbered = 0;

export class RequestedEnd extends Requested implements EndBody {
  readable = true;
  writable = true;
  fileno = 0;
  readonly #sends = new Unanswered();

  override made(duplex: boolean): void {
    this.writable = duplex;
    this.fileno = pid * FILENOS + FIRST_FILENO + (numbered % (FILENOS - FIRST_FILENO - 1));
    numbered += 2;
    post(this.key, 'number', this.fileno);
  }

  #describe({ readable, writable, fileno }: EndFacts): void {
    this.readable = readable;
    this.writable = writable;
    this.fileno = fileno;
  }

  get size(): number {
    return unknown('a connection', 'poll() it');
  }

  isReady(): boolean {
    return unknown('a connection', 'wait for it');
  }

  /** The page does, for those that wait for it. */
  watch(): void {}

  send<R>(
    message: Uint8Array,
    raw: boolean,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (done: boolean) => R,
  ): Promise<R> {
    return this.#sends.add(settle(this.#sending(message, raw, deadline), signal)).then(check);
  }

  *#sending(message: Uint8Array, raw: boolean, deadline: number): Waiting<boolean> {
    const posted = toPost(message);
    const call = new Call();
    call.makeMoving(movedOf(posted), this.key, 'send', posted, raw, timeoutOf(deadline));
    return (yield* call.reply()) as boolean;
  }

  sendSync(_message: Uint8Array, _raw: boolean, _deadline: number, name: string): never {
    throw refuseBlocking(name);
  }

  receive<R>(
    wanted: Wanted,
    deadline: number,
    signal: AbortSignal | undefined,
    read: (message: Uint8Array | undefined) => R,
  ): Promise<R> {
    return settle(this.#receiving(wanted, deadline), signal).then(read);
  }

  *#receiving({ raw, most, room, refuse }: Wanted, deadline: number): Waiting<Uint8Array | undefined> {
    const answer = yield* call(this.key, 'receive', raw, most, timeoutOf(deadline));
    if (Array.isArray(answer)) {
      const [length, isRaw] = answer as [number, boolean];
      return refuse(length, isRaw);
    }
    const message = answer as Uint8Array | undefined;
    if (room === undefined || message === undefined || message.length > room.length) return message;
    room.set(message);
    return room.subarray(0, message.length);
  }

  receiveSync(_wanted: Wanted, _deadline: number, name: string): never {
    throw refuseBlocking(`Connection.${name}`);
  }

  *polling(deadline: number): Waiting<boolean> {
    return (yield* call(this.key, 'poll', timeoutOf(deadline))) as boolean;
  }

  deafen(): void {
    this.readable = false;
    post(this.key, 'deafen');
  }

  close(): void {
    post(this.key, 'close');
  }

  fork(heirs: Heir[]): EndBody {
    const fork = this.#another('fork');
    fork.#describe(this);
    heirs.push((heir) => (heir === 0 ? fork.close() : post(fork.key, 'inherit', heir)));
    return fork;
  }

  other(): EndBody {
    const other = this.#another('other');
    other.#describe({ readable: this.writable, writable: true, fileno: this.fileno + 1 });
    return other;
  }

  #another(method: string): RequestedEnd {
    const key = newKey();
    post(this.key, method, key);
    return open('Connection', key) as RequestedEnd;
  }

  adopt(facts: EndFacts): void {
    this.#describe(facts);
    post(this.key, 'adopt');
  }
}
