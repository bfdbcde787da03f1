// Turns of the event loop.

const waiting: (() => void)[] = [];
/** jsdom has no channels. A test may replace timers later by some that stand still. */
const later = globalThis.setTimeout;
let channel: MessageChannel | undefined;

/** Node does not end while one is in use. */
type NodePort = MessagePort & { ref?(): void; unref?(): void };

/** Lets the event loop do what has come up meanwhile: messages, timers, frames. */
export function breathe(): Promise<void> {
  if (typeof MessageChannel !== 'function') return new Promise((resolve) => later(resolve, 0));
  if (channel === undefined) {
    channel = new MessageChannel();
    const { port1 } = channel as { port1: NodePort };
    port1.onmessage = () => {
      waiting.shift()?.();
      if (waiting.length === 0) port1.unref?.();
    };
  }
  const { port1, port2 } = channel as { port1: NodePort; port2: MessagePort };
  port1.ref?.();
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(0);
  });
}

/** Milliseconds that calls which need not wait may keep the event loop from its turn. */
const STRETCH = 50;
let rested = 0;

/**
 * Lets the event loop have a turn if none was given it for a while. A loop over an async call whose answer is always there
 * goes from microtask to microtask: nothing else of the thread would run, and with the page's thread, which sees deaths,
 * nothing that waits for one.
 */
export async function breatheNowAndThen(): Promise<void> {
  if (performance.now() - rested < STRETCH) return;
  await breathe();
  rested = performance.now();
}
