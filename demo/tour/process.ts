'use multiprocessing';
import * as mp from 'web-multiprocessing';

export function f(name: string) {
  console.log('hello', name);
}

export async function main() {
  const p = new mp.Process({ target: f, args: ['bob'] });
  p.start();
  await p.join();
}
