// Round trips: a small message, and 1 MiB of bytes, there and back.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { rateOf } from '../clock.ts';
import { pair, ports } from '../echoes.ts';
import { times } from '../effort.ts';
import { loadedWorker, message } from '../plain.ts';
import type { Area } from '../row.ts';
import * as targets from '../targets.ts';

const COUNT = times(100_000);
const WARM_UP = times(20_000);
const PORT_COUNT = times(5_000);

const MIB = 1 << 20;
const LARGE_COUNT = times(300, 60);
const LARGE_WARM_UP = 30;

type Wire = mp.Connection<unknown, unknown>;

/** A worker that answers, and how to stop it. */
function answering(answers: (wire: Wire, size: number) => void): { wire: Wire; stop: () => Promise<void> } {
  const [wire, there] = mp.Pipe<unknown, unknown>();
  const process = new mp.Process({ target: answers, args: [there, MIB] });
  process.start();
  there.close();
  return {
    wire,
    stop: () => {
      wire.close();
      return process.join();
    },
  };
}

async function windowToWorker(): Promise<number> {
  const { wire, stop } = answering(targets.answer);
  const once = async (): Promise<unknown> => {
    await wire.send(targets.ITEM);
    return wire.recv();
  };
  const rate = await rateOf(once, WARM_UP, COUNT);
  await stop();
  return rate;
}

async function bytesFromWindow(): Promise<number> {
  const { wire, stop } = answering(targets.answerInto);
  const bytes = new Uint8Array(MIB);
  const once = async (): Promise<unknown> => {
    await wire.sendBytes(bytes);
    return wire.recvBytesInto(bytes);
  };
  const rate = await rateOf(once, LARGE_WARM_UP, LARGE_COUNT);
  await stop();
  return rate;
}

async function posts(item: unknown, count: number): Promise<number> {
  const worker = await loadedWorker();
  worker.postMessage({ do: 'echo' });
  const once = (): Promise<unknown> => {
    const answer = message(worker);
    worker.postMessage(item);
    return answer;
  };
  const rate = await rateOf(once, 20, count);
  worker.terminate();
  return rate;
}

export const area: Area = {
  name: 'Pipes',
  rows: [
    {
      name: 'pipe, round trip, worker to worker',
      busy: 'latency',
      unit: 'round trips/s',
      goal: 10,
      python: { script: 'pipe_round_trip' },
      ours: () => pair(targets.ask, targets.answer, WARM_UP, COUNT, 0),
      peers: { MessagePort: () => ports(0, 20, PORT_COUNT) },
    },
    {
      name: 'pipe, round trip, window to worker',
      busy: 'latency',
      unit: 'round trips/s',
      goal: 5,
      ours: windowToWorker,
      peers: { postMessage: () => posts(targets.ITEM, PORT_COUNT) },
    },
    {
      name: 'pipe, echo of 1 MiB, worker to worker',
      unit: 'MiB/s',
      goal: 2,
      ours: () => pair(targets.askBytes, targets.answerBytes, LARGE_WARM_UP, LARGE_COUNT, MIB),
      peers: { 'MessagePort, copying': () => ports(MIB, 20, LARGE_COUNT) },
    },
    {
      name: 'pipe, echo of 1 MiB into own memory, worker to worker',
      unit: 'MiB/s',
      goal: 2,
      ours: () => pair(targets.askInto, targets.answerInto, LARGE_WARM_UP, LARGE_COUNT, MIB),
      peers: { 'MessagePort, copying': () => ports(MIB, 20, LARGE_COUNT) },
    },
    {
      name: 'pipe, echo of 1 MiB into own memory, window to worker',
      unit: 'MiB/s',
      goal: 2,
      ours: bytesFromWindow,
      peers: { 'postMessage, copying': () => posts(new Uint8Array(MIB), LARGE_COUNT) },
    },
  ],
};
