// Numbers that nobody else counts with.

/** Where to begin counting: as good as certainly far from where others begin, and far below the largest safe integer. */
export const farStart = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] as number) * 2 ** 20;
