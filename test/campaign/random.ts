// Numbers that a seed determines.

export interface Random {
  /** From 0 to n - 1. */
  below(n: number): number;
  pick<T>(all: readonly T[]): T;
}

/** Xorshift, begun far from small seeds. */
export function random(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next();
  const below = (n: number): number => Math.floor(next() * n);
  return { below, pick: (all) => all[below(all.length)] as (typeof all)[number] };
}
