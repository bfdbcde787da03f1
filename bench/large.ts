// Large data, as an app has it.

const CITIES = Array.from({ length: 50 }, (_, i) => `city ${i}`);

const makers = {
  '60,000 rows of CSV': () =>
    Array.from({ length: 60_000 }, (_, i) => ({
      id: i,
      name: `customer ${i}`,
      city: CITIES[(i * 7) % CITIES.length],
      amount: ((i * 37) % 100_000) / 100,
      date: `2024-${(i % 12) + 1}-${(i % 28) + 1}`,
      paid: i % 3 === 0,
    })),
  '60,000 lists of six strings': () =>
    Array.from({ length: 60_000 }, (_, i) => [
      `${i}`,
      `customer ${i}`,
      CITIES[(i * 7) % CITIES.length],
      `${((i * 37) % 100_000) / 100}`,
      `2024-${(i % 12) + 1}-${(i % 28) + 1}`,
      i % 3 === 0 ? 'yes' : 'no',
    ]),
  '200,000 distinct strings': () => Array.from({ length: 200_000 }, (_, i) => `string number ${i}`),
  'a string of 10 MB': () => 'abcdefghij'.repeat(1_000_000),
  'an array of 20 MB': () => Float64Array.from({ length: 2_500_000 }, (_, i) => i / 7),
  'a list of 2,500,000 numbers': () => Array.from({ length: 2_500_000 }, (_, i) => i / 7),
} as const satisfies Record<string, () => { readonly length: number }>;

export type Large = keyof typeof makers;
export const LARGE = Object.keys(makers) as Large[];

const held = new Map<Large, { readonly length: number }>();

/** Data of that name, which this thread makes once. */
export function large(name: Large): { readonly length: number } {
  const data = held.get(name) ?? makers[name]();
  // It has but one of them, for they take much room.
  held.clear();
  held.set(name, data);
  return data;
}
