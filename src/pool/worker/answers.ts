// What a worker's tasks come to, as it is answered. Each method answers a promise where the answer has to wait.

import { now } from '../../base/deadline.ts';
import { MAIN } from '../../base/thread.ts';
import { encode } from '../../codec/encode.ts';
import { disinherit } from '../../codec/shared.ts';
import { isA } from '../../errors.ts';
import { SystemExit } from '../../process/exit.ts';
import { attribute, encodeThrown } from '../../process/thrown.ts';
import { type CallCarrier, carrierAtHand, RETURNED, SKIPPED, THREW } from '../task_record.ts';

/** A task that a worker holds, as far as its answer is concerned. */
export interface Held {
  readonly claim: number;
  /** It came by message. */
  readonly isLetter: boolean;
  /** When it was begun, by this thread's clock; 0: nobody wants to know. */
  began: number;
}

/** The result of a chunk that was given up on the way. */
export const GIVEN_UP = Symbol('given up');

export abstract class Answers {
  /** Bytes from which on a value goes by itself, as one with attachments does. */
  readonly #large: number;
  /** Does no thread between this one and the owner hand it on? */
  readonly #isDirect: boolean;

  constructor(large: number, owner: number) {
    this.#large = large;
    this.#isDirect = owner === MAIN;
  }

  give(task: Held, value: unknown): Promise<void> | undefined {
    if (value === GIVEN_UP) return this.skip(task);
    const carrier = carrierAtHand(this.#large, this.#isDirect);
    const { heirs } = carrier;
    try {
      const bytes = encode(value, 'result', carrier);
      if (!this.goesAlone(carrier) && bytes.length < this.#large) {
        heirs.length = 0;
        return this.answer(task, RETURNED, bytes);
      }
      this.post(task, bytes, carrier);
    } catch (error) {
      disinherit(heirs, 0);
      return this.refuse(task, error);
    }
    return this.posted(task);
  }

  /** @throws SystemExit. */
  refuse(task: Held, error: unknown): Promise<void> | undefined {
    // exit() ends the process: what it held is reported by its death.
    if (isA(error, SystemExit)) throw error;
    attribute(error);
    return this.answer(task, THREW, encodeThrown(error));
  }

  /** Nobody wants it any more. */
  skip(task: Held): Promise<void> | undefined {
    return this.answer(task, SKIPPED, NOTHING);
  }

  /** Has it to go by itself, whatever its size? */
  protected goesAlone({ attachments }: CallCarrier): boolean {
    return attachments.length > 0;
  }

  /** How it ended, and the value, which may be written over afterwards. */
  protected abstract answer(task: Held, kind: number, bytes: Uint8Array): Promise<void> | undefined;

  /** It returned what only a message can carry. @throws what the browser refuses. */
  protected abstract post(task: Held, bytes: Uint8Array, carrier: CallCarrier): void;

  /** That was sent. */
  protected abstract posted(task: Held): Promise<void> | undefined;
}

/** When a task was begun, and now: once, and only of one that is observed. */
export function stampOf(task: Held): Uint8Array | undefined {
  const { began } = task;
  task.began = 0;
  if (began === 0) return undefined;
  const since = performance.timeOrigin;
  return new Uint8Array(new Float64Array([since + began, since + now()]).buffer);
}

const NOTHING = new Uint8Array(0);
