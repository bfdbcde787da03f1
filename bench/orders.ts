// Does what scripts/bench.mjs asks: no protocol of browsers' own drives all three engines, but each of them can fetch.

interface Order {
  readonly name: string;
  readonly args: readonly unknown[];
}

type Answer = { readonly value: unknown } | { readonly error: string };

/** Tells the last answer, and waits for the next order. */
async function next(answer: Answer): Promise<Order> {
  const response = await fetch('orders', { method: 'POST', body: JSON.stringify(answer) });
  return response.json() as Promise<Order>;
}

/** Takes orders until the page is closed. */
export async function takeOrders(functions: Readonly<Record<string, (...args: never[]) => unknown>>): Promise<never> {
  let answer: Answer = { value: navigator.userAgent };
  for (;;) {
    const { name, args } = await next(answer);
    try {
      answer = { value: (await functions[name]?.(...(args as never[]))) ?? null };
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) };
    }
  }
}
