// Round trips between two workers, by a pipe of ours and by bare ports.

import * as mp from 'web-multiprocessing';
import './executable.ts';
import { loadedWorker, message } from './plain.ts';

type Wire = mp.Connection<unknown, unknown>;

/** Runs the two ends of a pipe in two processes; answers round trips a second. */
export async function pair(
  asks: (wire: Wire, warmUp: number, count: number, size: number) => number,
  answers: (wire: Wire, size: number) => void,
  warmUp: number,
  count: number,
  size: number,
): Promise<number> {
  const [a, b] = mp.Pipe<unknown, unknown>();
  const answering = new mp.Process({ target: answers, args: [b, size] });
  const asking = new mp.Process({ target: asks, args: [a, warmUp, count, size] });
  answering.start();
  asking.start();
  a.close();
  b.close();
  const rate = await asking.result();
  await answering.join();
  return rate;
}

/** The same by two ports, copying; without `bytes` it is the small item. */
export async function ports(bytes: number, warmUp: number, count: number): Promise<number> {
  const [asking, echoing] = [await loadedWorker(), await loadedWorker()];
  const { port1, port2 } = new MessageChannel();
  const rate = message<number>(asking);
  echoing.postMessage({ do: 'echo', port: port1 }, [port1]);
  asking.postMessage({ do: 'ping', warmUp, count, bytes, port: port2 }, [port2]);
  const answer = await rate;
  asking.terminate();
  echoing.terminate();
  return answer;
}
