// What a process of this realm does to shared objects, it does in its name: to their words it is that process which waits, holds a
// lock, or has ended with it. After its end nothing that its functions still do counts: they cannot be stopped.

import { ProcessError } from '../errors.ts';
import { hasEnded } from '../memory/processes.ts';
import { NEVER } from '../memory/sleep.ts';
import type { Waiting } from '../memory/wait.ts';
import { type Origin, within } from '../process/origin.ts';

/** What has to be handed over before a process ends by itself. */
interface Flushable {
  flush?(): Promise<unknown>;
  abandonFlush?(): void;
}

const used = new WeakMap<Origin, Set<Flushable>>();

/** A body, each of whose methods is taken in the name of that process. */
export function acting<B extends object>(origin: Origin, body: B): B {
  const its = used.get(origin) ?? new Set();
  used.set(origin, its);
  if ('flush' in body) its.add(body as Flushable);
  return new Proxy(body, {
    get(target, key) {
      const value: unknown = within(origin, () => Reflect.get(target, key, target));
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (key === 'abandonFlush') its.delete(target as Flushable);
        if (hasEnded(origin.request.pid)) return key === 'close' ? undefined : inVain(origin, value);
        const answer: unknown = within(origin, () => value.apply(target, args));
        return isWaiting(answer) ? inNameOf(origin, answer) : answer;
      };
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
}

/** Hands over what still waits of that process. */
export async function flushAll(origin: Origin): Promise<void> {
  for (const body of used.get(origin) ?? []) await body.flush?.();
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}) as object;

/** What the functions of an ended process ask for: who may wait waits for ever. */
function inVain({ request: { name, pid } }: Origin, method: object): unknown {
  if (Object.getPrototypeOf(method) === GeneratorFunction) return ending();
  throw hasNoSay(name, pid);
}

/** What the functions of an ended process get that do not wait. */
export const hasNoSay = (name: string, pid: number): ProcessError =>
  new ProcessError(`${name} (pid ${pid}) has ended: it cannot be stopped here, but nothing that it does counts`);

function* ending(): Waiting<never> {
  for (;;) yield NEVER;
}

const isWaiting = (it: unknown): it is Waiting<unknown> =>
  typeof it === 'object' && it !== null && typeof (it as Partial<Waiting<unknown>>).throw === 'function';

function* inNameOf<T>(origin: Origin, operation: Waiting<T>): Waiting<T> {
  let advance = (): IteratorResult<unknown, T> => operation.next();
  try {
    for (;;) {
      if (hasEnded(origin.request.pid)) yield* ending();
      const step = within(origin, advance) as ReturnType<Waiting<T>['next']>;
      if (step.done) return step.value;
      try {
        yield step.value;
        advance = () => operation.next();
      } catch (reason) {
        advance = () => operation.throw(reason);
      }
    }
  } finally {
    within(origin, () => operation.return(undefined as never));
  }
}
