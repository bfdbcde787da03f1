// Turns of the event loop.

const waiting: (() => void)[] = [];
/** Looked up now: a test may replace timers later by some that stand still. */
const later = globalThis.setTimeout;
/** In Node alone, where what channels bring can hold up timers for as long as more comes. */
const { setImmediate } = globalThis as { setImmediate?: (step: () => void) => void };
let channel: MessageChannel | undefined;

/** Lets the event loop do what has come up meanwhile: messages, timers, frames. */
export function breathe(): Promise<void> {
  if (setImmediate !== undefined) return new Promise((resolve) => setImmediate(resolve));
  // jsdom has no channels.
  if (typeof MessageChannel !== 'function') return new Promise((resolve) => later(resolve, 0));
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  const { port2 } = channel;
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
  await turnIfDue();
}

/** The same; `undefined` where no turn is due. */
export function turnIfDue(): Promise<void> | undefined {
  if (performance.now() - rested < STRETCH) return undefined;
  return breathe().then(() => {
    rested = performance.now();
  });
}
