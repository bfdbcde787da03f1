// Refusals. A refusal is thrown bare; each level of the encoder that it passes adds its step of the path, so that the
// path costs nothing until then.

import { DataCloneError, InvalidStateError, isA } from '../errors.ts';

interface Refusal {
  path: string;
  readonly text: string;
  readonly cause?: unknown;
  readonly Kind: typeof DataCloneError | typeof InvalidStateError;
}

/** The last one, by which it is known from all else that a getter, a hook or a builtin may throw. */
let last: Refusal | undefined;

const refusal = (text: string, Kind: Refusal['Kind'] = DataCloneError, cause?: unknown): Refusal =>
  (last = { path: '', text, Kind, cause });

/** What was thrown inside, one step further out. */
export function within(step: string, thrown: unknown): Refusal {
  let inner = last;
  if (inner === undefined || thrown !== inner) {
    const why = whyOf(thrown);
    inner = refusal(`could not be read: ${why}`, undefined, thrown);
  }
  inner.path = step + inner.path;
  return inner;
}

/** What a getter, a hook or a builtin threw, in a line: it may throw again when it is asked. */
function whyOf(thrown: unknown): string {
  try {
    return isA(thrown, Error) ? `${thrown.message}` : describe(thrown);
  } catch {
    return 'a value without a text was thrown';
  }
}

export function toError(root: string, thrown: unknown): Error {
  const { path, text, Kind, cause } = within(root, thrown);
  last = undefined;
  return new Kind(`${path} ${text}`, cause === undefined ? cause : { cause });
}

export const refuse = (text: string, Kind?: Refusal['Kind']): never => {
  throw refusal(text, Kind);
};

export const refuseUnregistered = (what: string): never =>
  refuse(
    `is ${what} that is not registered: export it from a module given to setExecutable(), or begin its module with 'use multiprocessing'`,
  );

const article = (name: string): string => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;

export const refuseShared = (kind: string): never =>
  refuse(
    `is ${article(kind)}, which travels only with a process that starts or with a call of a pool: pass it in args or initargs`,
    InvalidStateError,
  );

export const refuseKind = (name: string, why = 'cannot travel'): never => refuse(`is ${article(name)}, which ${why}`);

/** The step to a property. */
export const member = (key: string | number): string =>
  /^\d+$/.test(`${key}`) ? `[${key}]` : /^[a-z_$][\w$]*$/i.test(`${key}`) ? `.${key}` : `[${describe(key)}]`;

/** A key, as far as it can be said. */
export function describe(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key.slice(0, 40));
  return Object(key) === key ? '…' : String(key);
}
