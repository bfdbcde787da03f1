// A JoinableQueue in words of memory: its ring counts what was reported as done, too.

import { allFinished, finish } from '../../memory/ring/tasks.ts';
import type { Waiting } from '../../memory/wait.ts';
import type { JoinableBody } from '../bodies.ts';
import { QueueWords } from './queue.ts';

export class JoinableWords extends QueueWords implements JoinableBody {
  finish(): boolean {
    return finish(this.ring);
  }

  finished(deadline: number): Waiting<boolean> {
    return allFinished(this.ring, deadline);
  }
}
