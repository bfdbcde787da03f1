// Who calls a method of an object that a manager holds. JavaScript has no thread to ask, so the server says it just before
// the call: it is known until the method's first `await`.

/** A process that uses a manager, as its server sees it. */
export interface Client {
  /** For texts: `Process-1 (pid 3)`. */
  readonly title: string;
  /** It has ended: nothing it holds will be released any more. */
  readonly isGone: boolean;
  /** It has ended, or was terminated and is about to: it is to be given nothing any more. */
  readonly isLeaving: boolean;
  /** Calls back when it ends. Answers how to call that off. */
  onGone(callback: () => void): () => void;
}

export interface Call {
  readonly client: Client;
  /** The client does nothing else until it has the answer. */
  readonly isBlocking: boolean;
  /** Aborted when the client gives this call up, or ends. Made when it is first asked for. */
  readonly signal: AbortSignal;
}

let current: Call | undefined;

/** The call that is running now; none where the server's own code calls. */
export const currentCall = (): Call | undefined => current;

/** Runs a method for that call. */
export function during<T>(call: Call, body: () => T): T {
  const outer = current;
  current = call;
  try {
    return body();
  } finally {
    current = outer;
  }
}
