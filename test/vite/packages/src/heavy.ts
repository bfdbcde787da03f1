import { cancelled } from 'web-multiprocessing';

/** Uses the library, which a process must have once. */
export function fibonacci(n: number): number {
  if (cancelled()) return 0;
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
