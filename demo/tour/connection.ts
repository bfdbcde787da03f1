'use multiprocessing';
import * as mp from 'web-multiprocessing';

export async function main() {
  const [a, b] = mp.Pipe();

  await a.send([1, 'hello', null]);
  console.log(await b.recv());

  await b.sendBytes(new TextEncoder().encode('thank you'));
  console.log(new TextDecoder().decode(await a.recvBytes()));

  const arr1 = Int32Array.of(0, 1, 2, 3, 4);
  const arr2 = new Int32Array(10);
  await a.sendBytes(arr1);
  const count = await b.recvBytesInto(arr2);
  console.assert(count === arr1.byteLength);
  console.log(arr2);
}
