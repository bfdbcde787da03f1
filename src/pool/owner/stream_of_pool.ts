// What imap and imapUnordered do. In a file of its own for the Vite plugin, which leaves it out of pages in which nobody names them
// (src/vite/unnamed.ts).

import type { AnyFunction } from '../task_record.ts';
import type { Dispatcher } from './dispatcher.ts';
import { checkCount, checkFunction, checkOptions, checkPriority, checkTime, type Items, openInput } from './input.ts';
import { zoned } from './job.ts';
import { failedStream, PoolIterator, Stream } from './stream.ts';

/** Chunks that may be on their way, for each worker. */
const AHEAD = 2;

/** Of the pool that is called. */
interface Called {
  readonly pool: object;
  readonly size: number;
  /** @throws what the page lacks. */
  readonly dispatcher: () => Dispatcher;
}

interface Options {
  chunksize?: number | null | undefined;
  signal?: AbortSignal | null | undefined;
  timeout?: number | null | undefined;
  priority?: number | null | undefined;
  onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

export function streamOf<T>(
  { pool, size, dispatcher }: Called,
  call: 'imap' | 'imapUnordered',
  f: unknown,
  items: Items<unknown>,
  options: Options | undefined,
): PoolIterator<T> {
  checkFunction(f, call);
  const { chunksize, signal, timeout, priority, onProgress } = checkOptions(options, call);
  const settings = {
    chunksize: checkCount(chunksize ?? 1, 'chunksize'),
    ordered: call === 'imap',
    ahead: AHEAD * size,
    terms: { call, timeout: checkTime(timeout, 'timeout'), priority: checkPriority(priority) },
    signal,
    onProgress: zoned(onProgress),
  };
  const { source, ...input } = openInput(items, call);
  let by: Dispatcher;
  try {
    by = dispatcher();
  } catch (error) {
    return new PoolIterator(failedStream<T>(source, error));
  }
  const stream = new Stream<T>(f as AnyFunction, source, { ...settings, ...input }, by);
  stream.keeps = pool;
  stream.start();
  return new PoolIterator(stream);
}
