// A barrier by request. Its action runs in the process of the party that arrives last, which the page lets in alone for that.

import type { Waiting } from '../../memory/wait.ts';
import type { Arrival, BarrierBody } from '../../sync/bodies.ts';
import { Requested } from './keys.ts';
import { call, post } from './requests.ts';
import { timeoutOf, unknown } from './texts.ts';

const REMEDY = '"await barrier.wait()" throws a BrokenBarrierError where it is broken';

export class RequestedBarrier extends Requested implements BarrierBody {
  readonly text = '?';

  arrive(deadline: number): Waiting<Arrival> {
    return call(this.key, 'arrive', timeoutOf(deadline)) as Waiting<Arrival>;
  }

  pass(arrival: Arrival): Waiting<number> {
    return call(this.key, 'pass', arrival) as Waiting<number>;
  }

  fail(arrival: Arrival): void {
    post(this.key, 'fail', arrival);
  }

  end(isBroken: boolean): void {
    post(this.key, 'end', isBroken);
  }

  get nWaiting(): number {
    return unknown('nWaiting', REMEDY);
  }

  get broken(): boolean {
    return unknown('broken', REMEDY);
  }
}
