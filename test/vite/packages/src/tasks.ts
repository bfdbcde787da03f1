'use multiprocessing';

import styles from './tasks.module.css';

/** The package has a module of this path, and a function of this name. */
export const square = (side: number): string => `a square of ${side} cm`;

/** Needs a module only when it runs. */
export async function heavy(n: number): Promise<string> {
  const { fibonacci } = await import('./heavy.ts');
  return `${fibonacci(n)} ${typeof styles.box}`;
}
