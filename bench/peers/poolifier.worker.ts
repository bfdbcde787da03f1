import './poolifier-window.worker.ts';
import { ThreadWorker } from 'poolifier-web-worker';
import { crunch, increment } from '../work.ts';

export default new ThreadWorker<number, number>({
  increment: (x) => increment(x as number),
  crunch: (units) => crunch(units as number),
});
