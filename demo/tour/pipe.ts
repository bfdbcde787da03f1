'use multiprocessing';
import * as mp from 'web-multiprocessing';

export async function f(conn: mp.Connection) {
  await conn.send([42, null, 'hello']);
  conn.close();
}

export async function main() {
  const [parentConn, childConn] = mp.Pipe();
  const p = new mp.Process({ target: f, args: [childConn] });
  p.start();
  console.log(await parentConn.recv()); // prints "[42, null, 'hello']"
  await p.join();
}
