// Planted on purpose, as exact texts: the campaign has to find each, in the role named.

export const faults = {
  'the dead keep their locks': {
    file: 'src/memory/mutex.ts',
    from: 'if (owner !== 0 && !hasEnded(owner)) return false;',
    to: 'if (owner !== 0) return false;',
    role: 'lock',
  },
  'nobody is told of the dead': {
    file: 'src/memory/mutex.ts',
    from: '(owner === 0 ? 0 : ABANDONED)',
    to: '0',
    role: 'value',
  },
  'the tail moves before it counts': {
    file: 'src/memory/ring/put.ts',
    from: 'words[TAIL + (next & 1)] = ',
    to: 'words[TAIL] = words[TAIL + 1] = ',
    role: 'queue of 4 put',
  },
  'the head moves before it counts': {
    file: 'src/memory/ring/get.ts',
    from: 'Atomics.store(words, HEAD + (next & 1), ',
    to: 'for (const half of [0, 1]) Atomics.store(words, HEAD + half, ',
    role: 'pipe bytes get',
  },
  'a notification dies with its waiter': {
    file: 'src/sync/by_memory/condition.ts',
    from: 'at = this.#inherit(at);',
    to: 'at = +at;',
    role: 'condition wait',
  },
  'an end dies unseen': {
    file: 'src/memory/holders.ts',
    from: 'holder === UNBORN || !hasEnded(holder)',
    to: 'true',
    role: 'connection close',
  },
};
