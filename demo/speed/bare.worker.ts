// The same work by bare messages, as a page has it without a library.

const ITEM = [42, null, 'hello'];

export type Order =
  | { readonly do: 'produce'; readonly count: number }
  | { readonly do: 'echo'; readonly item: unknown }
  | { readonly do: 'increment'; readonly id: number; readonly x: number }
  | { readonly do: 'lock'; readonly milliseconds: number };

/** How often a second a lock of the browser is requested and released. */
async function pairs(milliseconds: number): Promise<number> {
  const name = `speed ${Math.random()}`;
  const begin = performance.now();
  for (let count = 1; ; count++) {
    await navigator.locks.request(name, () => {});
    const elapsed = performance.now() - begin;
    if (elapsed >= milliseconds) return count / (elapsed / 1000);
  }
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  if (data.do === 'produce') for (let i = 0; i < data.count; i++) self.postMessage(ITEM);
  else if (data.do === 'echo') self.postMessage(data.item);
  else if (data.do === 'increment') self.postMessage({ id: data.id, value: data.x + 1 });
  else self.postMessage(await pairs(data.milliseconds));
};
