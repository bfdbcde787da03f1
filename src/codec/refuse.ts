// Refusals. A refusal is thrown bare; each level of the encoder that it passes adds its step of the path, so that the
// path costs nothing until then.

import { DataCloneError, InvalidStateError } from '../errors.ts';

export class Refusal {
  path = '';
  readonly text: string;
  readonly cause: unknown;
  readonly Kind: typeof DataCloneError | typeof InvalidStateError;

  constructor(text: string, cause?: unknown, Kind: typeof DataCloneError | typeof InvalidStateError = DataCloneError) {
    this.text = text;
    this.cause = cause;
    this.Kind = Kind;
  }
}

/** What was thrown inside, one step further out. A getter, a hook or a builtin that was given a fake may throw anything. */
export function within(step: string, thrown: unknown): Refusal {
  const refusal =
    thrown instanceof Refusal
      ? thrown
      : new Refusal(`could not be read: ${thrown instanceof Error ? thrown.message : describe(thrown)}`, thrown);
  refusal.path = step + refusal.path;
  return refusal;
}

export function toError(root: string, thrown: unknown): Error {
  const { path, text, cause, Kind } = within(root, thrown);
  return new Kind(`${path} ${text}`, cause === undefined ? cause : { cause });
}

export const refuse = (text: string): never => {
  throw new Refusal(text);
};

export const refuseUnregistered = (what: string): never =>
  refuse(
    `is ${what} that is not registered: export it from a module given to setExecutable(), or begin its module with 'use multiprocessing'`,
  );

export const refuseShared = (kind: string): never => {
  throw new Refusal(
    `is a ${kind}, which a process gets only when it starts: pass it in args or initargs`,
    undefined,
    InvalidStateError,
  );
};

export const refuseKind = (name: string, why = 'cannot travel'): never =>
  refuse(`is ${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}, which ${why}`);

/** The step to a property. */
export const member = (key: string | number): string =>
  /^\d+$/.test(`${key}`) ? `[${key}]` : /^[\p{L}$_][\p{L}\d$_]*$/u.test(`${key}`) ? `.${key}` : `[${describe(key)}]`;

/** A key, as far as it can be said. */
export function describe(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
  return Object(key) === key ? '…' : String(key);
}
