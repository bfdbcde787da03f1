'use multiprocessing';
import * as mp from 'web-multiprocessing';

export async function f(lock: mp.Lock, i: number) {
  await lock.acquire();
  try {
    console.log('hello world', i);
  } finally {
    lock.release();
  }
}

export async function main() {
  const lock = new mp.Lock();

  for (let num = 0; num < 10; num++) {
    new mp.Process({ target: f, args: [lock, num] }).start();
  }
}
