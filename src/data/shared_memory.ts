// SharedMemory: a block of bytes that any process finds by its name. The blocks lie in memory/arena.ts.

import { optionsIn } from '../base/options.ts';
import { shown } from '../base/shown.ts';
import { registerShared } from '../codec/shared.ts';
import { FileExistsError, FileNotFoundError, InvalidStateError, OSError } from '../errors.ts';
import { attach, type Block, close, create, IN_USE, NO_ROOM, UNKNOWN, unlink } from '../memory/blocks.ts';
import { checkMemory } from './memory.ts';

/** Whether to make a block of shared memory, or to open one. */
export interface SharedMemoryOptions {
  /** Make a new block, rather than open one that is there. */
  create?: boolean | undefined;
  /** Bytes of a new block; when opening it is checked and ignored. */
  size?: number | undefined;
}

const MOST_UNITS = 255;

/** A name that Python would have given. */
const newName = (): string =>
  `psm_${(crypto.getRandomValues(new Uint32Array(1))[0] as number).toString(16).padStart(8, '0')}`;

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') {
    throw new TypeError(`SharedMemory(name): name must be a string or null, not ${shown(name)}`);
  }
  if (name.includes('\0')) throw new RangeError('SharedMemory(name): name must not contain a NUL character');
  if (name === '' || name.length > MOST_UNITS || name.includes('/')) {
    throw new OSError(`SharedMemory(name): name must have 1 to ${MOST_UNITS} characters and no slash`);
  }
}

/**
 * A block of bytes in memory that all processes of the page share, found by its name: also by one that is blocked, and
 * by those that were started before. The object is a handle; it travels by queues, pipes, arguments and results alike, as
 * the name, and arrives as another handle on the same bytes.
 *
 * ```ts
 * const memory = new mp.SharedMemory(null, { create: true, size: 1024 });   // in one process
 * const same = new mp.SharedMemory(memory.name);                            // in another
 * same.buf[0] = 1;
 * memory.close(); same.close(); memory.unlink();
 * ```
 *
 * A block lives until it is unlinked, and then as long as anybody has it open. One that nobody unlinks goes when all
 * processes that opened it have ended, with a warning on the console. Never blocks; works everywhere.
 *
 * Python: `multiprocessing.shared_memory.SharedMemory`.
 */
export class SharedMemory {
  readonly #name: string;
  readonly #block: Block;
  #closed = false;

  /**
   * Makes a block (`{ create: true, size }`, all bytes 0), or opens the block of that name.
   *
   * @param name 1 to 255 characters, without slash and NUL; for a new block it may be missing or `null`: a name is made up.
   * @param options `create`, and `size` in bytes.
   * @throws FileExistsError where the name of a new block is in use; FileNotFoundError where there is no such block; OSError
   *   for a bad name, or where there is no room (for all blocks together 4 GiB, less where the browser wants it so);
   *   RangeError for a bad size (Python: ValueError); TypeError for arguments of the wrong type; InvalidStateError where the
   *   page is not cross-origin isolated.
   */
  constructor(name?: string | null, options?: SharedMemoryOptions) {
    checkMemory('SharedMemory', 'SharedMemory');
    const given = optionsIn(options, 'SharedMemory(name, options): ', 'create: true, size: 1024');
    const { create: isNew = false, size = 0 } = given;
    if (!Number.isInteger(size)) {
      throw new TypeError(`SharedMemory(name, { size }): size must be an integer, not ${shown(size)}`);
    }
    if (size < 0 || (isNew && size === 0)) {
      throw new RangeError(`SharedMemory(name, { size }): size must be positive, and is ${size}`);
    }
    const named = name !== undefined && name !== null;
    if (named) checkName(name);
    else if (!isNew) throw new RangeError('SharedMemory(name): name can be missing only with { create: true }');
    let block: Block | string;
    let itsName: string;
    do {
      itsName = named ? name : newName();
      block = isNew ? create(itsName, size) : attach(itsName);
    } while (block === IN_USE && !named);
    this.#name = itsName;
    const call = `SharedMemory(${JSON.stringify(itsName)})`;
    if (block === IN_USE) throw new FileExistsError(`${call}: there is a block of that name`);
    if (block === UNKNOWN) throw new FileNotFoundError(`${call}: there is no block of that name`);
    if (block === NO_ROOM) throw new OSError(`${call}: no room for ${size} bytes beside the other blocks`);
    this.#block = block as Block;
  }

  /** The name by which any process opens it. */
  get name(): string {
    return this.#name;
  }

  /** Bytes. */
  get size(): number {
    return this.#block.bytes.length;
  }

  /**
   * Its bytes. They lie inside a larger buffer: for another view, name the place, as in
   * `new Float64Array(buf.buffer, buf.byteOffset, 8)` (it is a multiple of 64). Do not use views that you kept after
   * `close()`: once the block is unlinked, that memory can be another block's.
   *
   * @throws InvalidStateError after `close()` (in Python it is None then).
   */
  get buf(): Uint8Array<SharedArrayBuffer> {
    if (this.#closed) throw new InvalidStateError(`SharedMemory(${JSON.stringify(this.#name)}).buf: it is closed`);
    return this.#block.bytes;
  }

  /** This handle is used no more. The block, other handles and other processes are not concerned. Again: nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    close(this.#block);
  }

  /**
   * Takes the name away, from any process, also after `close()`. Who has the block open goes on using it.
   *
   * @throws FileNotFoundError where there is no block of that name (any more).
   */
  unlink(): void {
    if (unlink(this.#name)) return;
    throw new FileNotFoundError(`SharedMemory(${JSON.stringify(this.#name)}).unlink(): there is no block of that name`);
  }

  /** What it is, and its state, as text. */
  toString(): string {
    return `SharedMemory(${JSON.stringify(this.#name)}, size=${this.size})`;
  }

  static {
    registerShared(SharedMemory.prototype, {
      kind: 'SharedMemory',
      everywhere: true,
      detach: (it) => it.#name,
      attach: (name) => new SharedMemory(name as string),
    });
  }
}
