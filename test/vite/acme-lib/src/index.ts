// A package that does its work in processes; who uses it needs not know.

import * as mp from 'web-multiprocessing';
import { type Box, pack, square } from './tasks.ts';

export { Box, half } from './tasks.ts';

export async function squares(xs: number[]): Promise<number[]> {
  const pool = new mp.Pool(2);
  try {
    return await pool.map(square, xs);
  } finally {
    pool.terminate();
    await pool.join();
  }
}

export async function boxOf(content: number): Promise<Box> {
  const process = new mp.Process({ target: pack, args: [content] });
  process.start();
  return process.result();
}
