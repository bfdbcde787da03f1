// Small messages, one way, as many as go through.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import { loadedWorker, message } from '../plain.ts';
import type { Area } from '../row.ts';
import * as targets from '../targets.ts';

const COUNT = times(500_000);
/** Items until the engine has compiled what is measured. */
const WARM_UP = times(100_000, 50_000);
/** MessagePorts are slower, and keep what nobody has read yet. */
const PORT_COUNT = times(20_000, 5000);

async function workerToWorker(): Promise<number> {
  const queue = new mp.Queue(1000);
  const consumer = new mp.Process({ target: targets.consume, args: [queue, WARM_UP, COUNT] });
  const producer = new mp.Process({ target: targets.produce, args: [queue, WARM_UP + COUNT] });
  consumer.start();
  producer.start();
  await producer.join();
  return consumer.result();
}

async function portToPort(): Promise<number> {
  const [consumer, producer] = [await loadedWorker(), await loadedWorker()];
  const { port1, port2 } = new MessageChannel();
  const rate = message<number>(consumer);
  consumer.postMessage({ do: 'consume', count: PORT_COUNT, port: port1 }, [port1]);
  producer.postMessage({ do: 'produce', count: PORT_COUNT, port: port2 }, [port2]);
  const answer = await rate;
  consumer.terminate();
  producer.terminate();
  return answer;
}

async function workerToWindow(): Promise<number> {
  const queue = new mp.Queue();
  const producer = new mp.Process({ target: targets.produce, args: [queue, WARM_UP + COUNT] });
  producer.start();
  for (let i = 0; i < WARM_UP; i++) await queue.get();
  const begin = performance.now();
  for (let i = 0; i < COUNT; i++) await queue.get();
  const rate = COUNT / ((performance.now() - begin) / 1000);
  await producer.join();
  return rate;
}

async function postToWindow(): Promise<number> {
  const worker = await loadedWorker();
  let left = PORT_COUNT;
  let begin = 0;
  const rate = await new Promise<number>((resolve) => {
    worker.onmessage = () => {
      if (left === PORT_COUNT) begin = performance.now();
      if (--left === 0) resolve((PORT_COUNT - 1) / ((performance.now() - begin) / 1000));
    };
    worker.postMessage({ do: 'produce', count: PORT_COUNT });
  });
  worker.terminate();
  return rate;
}

export const area: Area = {
  name: 'Queues',
  rows: [
    {
      name: 'queue, worker to worker',
      busy: 'throughput',
      unit: 'messages/s',
      goal: 15,
      ours: workerToWorker,
      peers: {
        MessagePort: portToPort,
        ...peersWith('queueBetweenWorkers', (rate) => rate(targets.ITEM, PORT_COUNT, PORT_COUNT)),
      },
      python: { script: 'queue_one_way' },
    },
    {
      name: 'queue, worker to window',
      busy: 'throughput',
      unit: 'messages/s',
      goal: 10,
      ours: workerToWindow,
      peers: {
        postMessage: postToWindow,
        ...peersWith('queueToWindow', (rate) => rate(targets.ITEM, PORT_COUNT, PORT_COUNT)),
      },
    },
  ],
};
