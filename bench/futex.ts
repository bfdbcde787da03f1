// The bare three-state lock that everybody writes first: 0 free, 1 held, 2 held and waited for. No owner, no fairness.

export interface Futex {
  acquireSync(): boolean;
  release(): void;
}

export function makeFutex(words: Int32Array = new Int32Array(new SharedArrayBuffer(4))): Futex {
  return {
    acquireSync() {
      let state = Atomics.compareExchange(words, 0, 0, 1);
      while (state !== 0) {
        if (state === 2 || Atomics.compareExchange(words, 0, 1, 2) !== 0) Atomics.wait(words, 0, 2);
        state = Atomics.compareExchange(words, 0, 0, 2);
      }
      return true;
    },
    release() {
      if (Atomics.sub(words, 0, 1) !== 1) {
        Atomics.store(words, 0, 0);
        Atomics.notify(words, 0, 1);
      }
    },
  };
}
