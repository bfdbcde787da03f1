// `using` and `await using` in engines that have no symbols for them yet (WebKit lacks the async one).

for (const name of ['dispose', 'asyncDispose'] as const) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}

/** The symbol of `using`, there or made here. */
export const dispose: typeof Symbol.dispose = Symbol.dispose;

/** The symbol of `await using`, there or made here. */
export const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose;
