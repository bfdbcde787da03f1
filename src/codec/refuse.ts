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
    let steps = this.steps.reverse();
    // The path of a link of a long chain would fill the screen.
    if (steps.length > 24) steps = [...steps.slice(0, 8), ` … (${steps.length - 16} steps) … `, ...steps.slice(-8)];
    const Kind = this.state ? InvalidStateError : DataCloneError;
    const options = this.cause === undefined ? undefined : { cause: this.cause };
    return new Kind(`${root}${steps.join('')} ${this.text}`, options);
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
  throw new Refusal(`is a ${kind}, which a process gets only when it starts: pass it in args or initargs`, undefined, true);
};

export const article = (name: string): string => `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;

/** The step to a property. */
export const member = (key: string | number): string =>
  typeof key === 'number' || /^(0|[1-9]\d*)$/.test(key)
    ? `[${key}]`
    : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
      ? `.${key}`
      : `[${JSON.stringify(key)}]`;

/** A map's key, as far as it can be said. */
export function describe(key: unknown): string {
  if (typeof key === 'string') return JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
  if (typeof key === 'bigint') return `${key}n`;
  return (typeof key === 'object' && key !== null) || typeof key === 'function' ? '…' : String(key);
}

/** Steps from a root down to an object in it, innermost first; `[]` where it is not found without running getters. */
export function stepsTo(root: unknown, target: object): string[] {
  const from = new Map<object, readonly [object, string]>();
  const queue: object[] = [];
  const meet = (value: unknown, parent: object | undefined, step: string): void => {
    if (typeof value !== 'object' || value === null || from.has(value)) return;
    from.set(value, [parent ?? value, step]);
    queue.push(value);
  };
  meet(root, undefined, '');
  for (const object of queue) {
    if (object === target) break;
    if (object instanceof Map) {
      let index = 0;
      for (const [key, value] of object) {
        meet(key, object, `.keys()[${index++}]`);
        meet(value, object, `.get(${describe(key)})`);
      }
    } else if (object instanceof Set) {
      let index = 0;
      for (const value of object) meet(value, object, `.values()[${index++}]`);
    }
    if (ArrayBuffer.isView(object)) continue;
    for (const key of Object.getOwnPropertyNames(object)) {
      meet(Object.getOwnPropertyDescriptor(object, key)?.value, object, member(key));
    }
  }
  const steps: string[] = [];
  for (let at: object = target, link = from.get(at); link && at !== root; at = link[0], link = from.get(at)) {
    steps.push(link[1]);
  }
  return steps;
}
