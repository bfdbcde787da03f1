// Refusals. A refusal is thrown bare; each level of the encoder that it passes adds its step of the path, so that the
// path costs nothing until then.

import { DataCloneError, InvalidStateError } from '../errors.ts';

const HOW = "export it from a module given to setExecutable(), or begin its module with 'use multiprocessing'";

export class Refusal {
  /** Innermost first. */
  readonly steps: string[] = [];
  readonly text: string;
  readonly state: boolean;
  readonly cause: unknown;

  /** `state`: it is an InvalidStateError, not a DataCloneError. */
  constructor(text: string, cause?: unknown, state = false) {
    this.text = text;
    this.cause = cause;
    this.state = state;
  }

  toError(root: string): Error {
    const Kind = this.state ? InvalidStateError : DataCloneError;
    const message = `${root}${this.steps.reverse().join('')} ${this.text}`;
    return this.cause === undefined ? new Kind(message) : new Kind(message, { cause: this.cause });
  }
}

/** What was thrown inside, one step further out. */
export function within(thrown: unknown, step: string): Refusal {
  const refusal = asRefusal(thrown);
  refusal.steps.push(step);
  return refusal;
}

/** A getter, a hook or a builtin that was given a fake may throw anything. */
export function asRefusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  return new Refusal(`could not be read: ${thrown instanceof Error ? thrown.message : describe(thrown)}`, thrown);
}

export const refuse = (text: string): never => {
  throw new Refusal(text);
};

export const refuseFunction = (): never => refuse(`is a function that is not registered: ${HOW}`);

export const refuseClass = (name: string): never =>
  refuse(`is an instance of ${name || 'a class without a name'}, a class that is not registered: ${HOW}`);

export const refuseShared = (kind: string): never => {
  throw new Refusal(
    `is a ${kind}, which a process gets only when it starts: pass it in args or initargs`,
    undefined,
    true,
  );
};

export const article = (name: string): string => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;

/** The step to a property. */
export const member = (key: string | number): string =>
  typeof key === 'number' || /^(0|[1-9]\d*)$/.test(key)
    ? `[${key}]`
    : /^[\p{L}$_][\p{L}\d$_]*$/u.test(key)
      ? `.${key}`
      : `[${JSON.stringify(key)}]`;

/** A map's key, as far as it can be said. */
export function describe(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
  if (typeof key === 'bigint') return `${key}n`;
  return Object(key) === key ? '…' : String(key);
}
