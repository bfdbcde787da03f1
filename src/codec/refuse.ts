// Refusals. A refusal is thrown bare; each level of the encoder that it passes adds its step of the path, so that the
// path costs nothing until then.

import { checkRealm } from '../base/realm.ts';
import { DataCloneError, describe, InvalidStateError } from '../errors.ts';

interface Refusal {
  path: string;
  /** Its path begins with the name of a variable: what is further out does not matter. */
  isWhole?: boolean;
  /** None where something was thrown that is no refusal: what it says is asked when the stack is unwound. */
  readonly text: string | undefined;
  readonly cause?: unknown;
  readonly Kind: typeof DataCloneError | typeof InvalidStateError;
}

/** The last one, by which it is known from all else that a getter, a hook or a builtin may throw. */
let last: Refusal | undefined;

const refusal = (text: string | undefined, Kind: Refusal['Kind'] = DataCloneError, cause?: unknown): Refusal =>
  (last = { path: '', text, Kind, cause });

/** What was thrown inside, one step further out. */
export function within(step: string, thrown: unknown): Refusal {
  let inner = last;
  if (inner === undefined || thrown !== inner) {
    inner = refusal(undefined, undefined, thrown);
  }
  if (inner.isWhole !== true) inner.path = step + inner.path;
  return inner;
}

/** What was thrown inside what a function takes along: it is of one of its variables. */
export function ofVariable(thrown: unknown): Refusal {
  const inner = within('', thrown);
  inner.isWhole = inner.path.startsWith('.');
  if (inner.isWhole) inner.path = inner.path.slice(1);
  return inner;
}

/** Of a longer path, the middle is left out. */
const LONGEST = 500;

/** @throws ProcessError where this document has gone: its builtins are of no use then. */
export function toError(root: string, thrown: unknown): Error {
  checkRealm();
  const { path, text, Kind, cause } = within(root, thrown);
  last = undefined;
  // Where the root has no name, the path begins with the name of a field.
  let where = root === '' ? path.replace(/^\./, '') : path;
  if (where.length > LONGEST) where = `${where.slice(0, LONGEST / 2)} … ${where.slice(-LONGEST / 2)}`;
  return new Kind(
    `${where} ${text ?? `could not be read: ${describe(cause)}`}`,
    cause === undefined ? cause : { cause },
  );
}

export const refuse = (text: string, Kind?: Refusal['Kind']): never => {
  throw refusal(text, Kind);
};

export const refuseUnregistered = (what: string, its = '', or = ''): never =>
  refuse(
    `is ${what} that is not registered: export it${its} from a module that begins with 'use multiprocessing', or is given to setExecutable()${or}`,
  );

/** The beginning of a function's text: where it has no name, or a minifier gave it another, it is known by that. */
export const textOf = (f: object): string => {
  const text = Function.prototype.toString.call(f).replace(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const article = (name: string): string => `${/^([AEIO]|[FHLMNRSX][A-Z])/.test(name) ? 'an' : 'a'} ${name}`;

export const refuseKind = (
  name: string,
  why = 'cannot travel: send plain data in its place',
  Kind?: Refusal['Kind'],
): never => refuse(`is ${article(name)}, which ${why}`, Kind);

export const refuseShared = (kind: string): never =>
  refuseKind(
    kind,
    'travels only with a process that starts or with a call of a pool: pass it in args or initargs',
    InvalidStateError,
  );

/** A Proxy has none of what a builtin keeps inside itself, and so has what was merely given its prototype. */
export const refuseProxy = (name: string): never =>
  refuse(`is a Proxy of ${article(name)}, or has its prototype alone: send the ${name} itself (in Vue: toRaw())`);

/** The step to a property. */
export const member = (key: string | number): string =>
  /^\d+$/.test(`${key}`) ? `[${key}]` : /^[a-z_$][\w$]*$/i.test(`${key}`) ? `.${key}` : `[${keyText(key)}]`;

/** A key, as far as it can be said. */
export function keyText(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key.slice(0, 40));
  return Object(key) === key ? '…' : String(key);
}
