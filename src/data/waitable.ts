// What can be waited for, with other things: how `wait()` asks it.

/** Asks an object that can be waited for whether it is ready. */
export const isReady = Symbol('isReady');
/** Tells it that one more (1) or one less (-1) wants to hear the bell when it gets ready. */
export const watched = Symbol('watched');
/** What the page calls what it is made of, where this process shares no memory with others. */
export const keyed = Symbol('keyed');
/** Set where it gets ready by a message of the event loop, which a thread that blocks never sees. */
export const byMessage = Symbol('byMessage');

/** What `wait()` accepts. */
export interface Waitable {
  /** @internal Whether it is ready now. @throws what using it would throw, where it is closed. */
  [isReady](): boolean;
  /** @internal Missing where the bell is always rung. */
  [watched]?(change: 1 | -1): void;
  /** @internal @throws as `isReady`. */
  readonly [keyed]?: string | undefined;
  /** @internal */
  readonly [byMessage]?: boolean;
}
