// Pools whose workers are tasks of this realm.

import { checkOptions } from '../pool/owner/input.ts';
import { Pool, type PoolOptions } from '../pool/owner/pool.ts';
import type { MakeTransport } from '../pool/owner/transport.ts';
import type { StartMethod } from '../process/protocol.ts';
import { dummyTransport } from './transport.ts';

/** A Pool whose workers are tasks of this realm. Python: `multiprocessing.dummy.Pool`. */
export class DummyPool<I extends readonly unknown[] = readonly []> extends Pool<I> {
  static override readonly startMethod: StartMethod | undefined = undefined;
  static override readonly transport: MakeTransport | undefined = dummyTransport;

  /** @param options as of every pool, but that `maxtasksperchild` changes nothing. @throws as every pool. */
  constructor(processes?: number | null, options?: PoolOptions<I>) {
    // That a worker is replaced would change nothing.
    super(processes, { ...checkOptions(options, 'constructor'), maxtasksperchild: null });
  }

  static {
    Object.defineProperty(this, 'name', { value: 'Pool' });
  }
}
