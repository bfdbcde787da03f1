// What connections by message go through: Web Locks and BroadcastChannels; or what stands for both.

/** What is used of Web Locks. */
export type Locks = Pick<LockManager, 'query'> & {
  request(name: string, options: LockOptions, use: (lock: Lock | null) => unknown): Promise<unknown>;
};

/** What is used of a BroadcastChannel. */
export interface Channel {
  onmessage: ((event: MessageEvent) => unknown) | null;
  onmessageerror: ((event: MessageEvent) => unknown) | null;
  postMessage(message: unknown): void;
  close(): void;
}

export interface Medium {
  readonly locks: Locks;
  channel(name: string): Channel;
}

let standIn: Medium | undefined;

/** From now on connections of this realm go through that. */
export function setMedium(medium: Medium): void {
  standIn = medium;
}

/** `undefined` where there are none. */
export const locksHere = (): Locks | undefined => standIn?.locks ?? (globalThis.navigator?.locks as Locks | undefined);

export const channelNamed = (name: string): Channel => standIn?.channel(name) ?? new BroadcastChannel(name);
