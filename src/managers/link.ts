// How a process reaches the server of a manager.

import { isSignal } from '../base/options.ts';
import type { Look } from './look.ts';
import type { ServerMethods } from './request_record.ts';

/** Who serves: a process of this page by its pid, or another page by the address it listens on. */
export type Address = number | string;

type OneWay = 'shutdown' | 'cancel' | 'release' | 'hold' | 'depart' | 'land';

export interface Link {
  readonly server: Address;
  /**
   * Calls a method of an object of the server.
   *
   * @param title for errors: `DictProxy.get`.
   * @param values how many arguments, from the first, are values and no options.
   * @throws as a rejection, what the method threw; WorkerDiedError where the server has ended, or does so meanwhile.
   */
  call(object: number, method: string, args: readonly unknown[], title: string, values?: number): Promise<unknown>;
  /** As `call`, blocking. @throws BlockingNotAllowedError in a window. */
  callSync(object: number, method: string, args: readonly unknown[], title: string): unknown;
  /** Tells the server something that wants no reply. Never waits, and never throws. */
  post<M extends OneWay>(method: M, ...args: Parameters<ServerMethods[M]>): void;
}

/**
 * How many arguments of a method are values, so that a signal in them is none for the call. Of the app's own classes that is
 * unknown: there what comes last may be options.
 */
export function valuesOf(look: Look, method: string): number {
  if (typeof look !== 'string') return 0;
  if (/^(Dict|List|Set|Namespace|Value|Array)Proxy$|^Iterator$/.test(look)) return Number.POSITIVE_INFINITY;
  return /^put/.test(method) ? 1 : 0;
}

/** An AbortSignal in the options at the end of the arguments does not travel: it is taken out, and answered. */
export function withoutSignal(
  args: readonly unknown[],
  values = 0,
): { args: readonly unknown[]; signal: AbortSignal | undefined } {
  const last = args.length > values ? args.at(-1) : undefined;
  if (typeof last !== 'object' || last === null) return { args, signal: undefined };
  // Looked at before it is copied: it need not be options, and may be large.
  if (!isSignal((last as { signal?: unknown }).signal)) return { args, signal: undefined };
  const { signal, ...rest } = last as { signal: AbortSignal };
  return { args: [...args.slice(0, -1), rest], signal };
}
