// That a manager's server can be reached, where threads share no memory.

import { isReady, type Waitable } from '../../data/waitable.ts';
import { ringBell } from '../../memory/wait.ts';
import { listenTo } from '../../process/mailbox.ts';

/** Gets ready when the server in that process says that it is. */
export class ReadyNotice implements Waitable {
  #hasCome = false;

  /** Made before that can say anything: in the step that starts it. */
  constructor(server: number) {
    const stop = listenTo(server, () => {
      stop();
      this.#hasCome = true;
      ringBell();
    });
  }

  [isReady](): boolean {
    return this.#hasCome;
  }
}
