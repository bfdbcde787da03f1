// SharedMemoryManager: blocks that go together.

import { asyncDispose, dispose } from '../base/dispose.ts';
import { onExit } from '../base/finalizers.ts';
import { tag } from '../base/tag.ts';
import { FileNotFoundError, InvalidStateError, ProcessError } from '../errors.ts';
import { checkMemory } from './memory.ts';
import { type ShareableItem, ShareableList } from './shareable_list.ts';
import { SharedMemory } from './shared_memory.ts';

/**
 * Makes blocks of shared memory, and unlinks all of them at the end: of `shutdown()`, of the scope, or of this process.
 *
 * ```ts
 * using manager = new mp.SharedMemoryManager().start();
 * const memory = manager.SharedMemory(1024);
 * const list = manager.ShareableList([1, 'two', null]);
 * ```
 *
 * Python: `multiprocessing.managers.SharedMemoryManager`; it needs no process here.
 */
export class SharedMemoryManager {
  readonly #blocks: SharedMemory[] = [];
  #state: 'new' | 'started' | 'shut down' = 'new';
  #forget: (() => unknown) | undefined;

  /** @throws InvalidStateError where the page is not cross-origin isolated: processes share no memory then. */
  constructor() {
    checkMemory('SharedMemoryManager', 'SharedMemory');
  }

  /** Begins. @throws ProcessError when called again. @returns itself, for `using`. */
  start(): this {
    if (this.#state !== 'new') throw new ProcessError(`SharedMemoryManager.start(): it was started before`);
    this.#state = 'started';
    this.#forget = onExit(() => this.#unlink());
    return this;
  }

  /** A new block of `size` bytes. @throws RangeError before `start()` and for a bad size; InvalidStateError at the end. */
  SharedMemory(size: number): SharedMemory {
    this.#check('SharedMemory');
    const block = new SharedMemory(null, { create: true, size });
    this.#blocks.push(block);
    return block;
  }

  /** A new list of these items. @throws RangeError before `start()`; InvalidStateError at the end. */
  ShareableList<T>(sequence: Iterable<T> & Iterable<ShareableItem>): ShareableList<T> {
    this.#check('ShareableList');
    const list = new ShareableList<T>(sequence);
    this.#blocks.push(list.shm);
    return list;
  }

  /** Unlinks every block; who has one open goes on using it. Again, or before `start()`: nothing. */
  shutdown(): void {
    if (this.#state !== 'started') return;
    this.#state = 'shut down';
    this.#forget?.();
  }

  /** Leaving the scope shuts it down. */
  [dispose](): void {
    this.shutdown();
  }

  /** Leaving the scope shuts it down. */
  async [asyncDispose](): Promise<void> {
    this.shutdown();
  }

  #check(name: string): void {
    const text = `SharedMemoryManager.${name}()`;
    if (this.#state === 'new') throw new RangeError(`${text}: call start() first`);
    if (this.#state === 'shut down') throw new InvalidStateError(`${text}: it was shut down`);
  }

  #unlink(): void {
    for (const block of this.#blocks.splice(0)) {
      try {
        block.unlink();
      } catch (error) {
        // Somebody did it before.
        if (!(error instanceof FileNotFoundError)) throw error;
      }
    }
  }

  static {
    tag(this.prototype, 'SharedMemoryManager');
  }
}
