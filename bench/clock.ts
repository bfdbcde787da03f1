// What all who measure in the window need.

export async function seconds(work: () => PromiseLike<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}

/** How often a second, one after another, once the engine has compiled what is measured. */
export async function rateOf(once: () => PromiseLike<unknown>, warmUp: number, count: number): Promise<number> {
  for (let i = 0; i < warmUp; i++) await once();
  const took = await seconds(async () => {
    for (let i = 0; i < count; i++) await once();
  });
  return count / took;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}
