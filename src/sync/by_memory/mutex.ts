// A lock is one word of shared memory, with its owner in it (memory/mutex.ts).

import { ownerText, pid } from '../../base/thread.ts';
import { allocate } from '../../memory/buffer.ts';
import { isAbandoned, lock, ownerOf, seize, unlock } from '../../memory/mutex.ts';
import { type Waiting, wake } from '../../memory/wait.ts';
import type { MutexBody } from '../bodies.ts';

const WORD = 0;

export class MutexWords implements MutexBody {
  readonly words: Int32Array;

  constructor(buffer = allocate(Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(buffer);
  }

  seize(): boolean {
    return seize(this.words, WORD);
  }

  lock(deadline: number): Waiting<boolean> {
    return lock(this.words, WORD, deadline);
  }

  unlock(): boolean {
    return unlock(this.words, WORD);
  }

  get isMine(): boolean {
    return ownerOf(this.words, WORD) === pid;
  }

  get owner(): number {
    return ownerOf(this.words, WORD);
  }

  get abandoned(): boolean {
    return isAbandoned(this.words, WORD);
  }

  get ownerText(): string {
    return ownerText(this.owner);
  }

  rouse(): void {
    wake(this.words, WORD);
  }
}
