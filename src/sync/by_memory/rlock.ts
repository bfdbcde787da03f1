// The word of memory/mutex.ts, and beside it the words of its owner.
//
//   word   LOCK      owner, waiters, abandoned: see memory/mutex.ts
//          DEPTH ..  four words: see sync/rlock.ts

import { allocate } from '../../memory/buffer.ts';
import type { RLockBody } from '../bodies.ts';
import { MutexWords } from './mutex.ts';

const DEPTH = 1;
const WORDS = 5;

export class RLockWords extends MutexWords implements RLockBody {
  readonly depth: Int32Array;

  constructor(buffer = allocate(WORDS * Int32Array.BYTES_PER_ELEMENT)) {
    super(buffer);
    this.depth = this.words.subarray(DEPTH);
  }
}
