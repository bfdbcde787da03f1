'use multiprocessing';
import * as mp from 'web-multiprocessing';

function info(title: string) {
  console.log(title);
  console.log('process name:', mp.currentProcess().name);
  console.log('parent process:', mp.parentProcess()?.pid ?? 'none');
  console.log('process id:', mp.currentProcess().pid);
}

export function f(name: string) {
  info('function f');
  console.log('hello', name);
}

export async function main() {
  info('main line');
  const p = new mp.Process({ target: f, args: ['bob'] });
  p.start();
  await p.join();
}
