// How often a second something happens.

/** Milliseconds until the engine has compiled what is measured. */
export const WARM_UP = 100;
/** Milliseconds that are measured. */
export const MEASURED = 300;
/** Milliseconds after which the page gets a turn, which counts for whoever is measured. */
const TURN = 50;

/** Takes what is to be ended after a measurement, however that ends. */
export type Own = (end: () => unknown) => void;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** @param some does it a number of times, and answers how many */
export async function rateOf(some: () => number | Promise<number>, signal: AbortSignal): Promise<number> {
  const during = async (milliseconds: number): Promise<number> => {
    const begin = performance.now();
    let next = begin + TURN;
    for (let count = 0; ; ) {
      count += await some();
      const now = performance.now();
      if (now - begin >= milliseconds) return count / ((now - begin) / 1000);
      if (now < next) continue;
      await turn();
      signal.throwIfAborted();
      next = performance.now() + TURN;
    }
  };
  await during(WARM_UP);
  return during(MEASURED);
}
