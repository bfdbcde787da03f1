// How a proxy on its way says who holds its object meanwhile.
//
//   HERE      nobody need: it goes to the server that has the object
//   COUNTED   the server has counted the receiver in already: it sends the proxy itself, or was told of a process that starts
//   n > 1     the server holds the object until somebody says that passage n has come to its end
//
// A passage may never end: what was sent and is never received keeps its object as long as the manager lives.

import { farStart } from './far_start.ts';
import type { Address } from './link.ts';

export const HERE = 0;
export const COUNTED = 1;

/** Where the receiver finds the server, and the passage. */
export type Way = readonly [server: Address, passage: number];

/** Says it for a proxy of an object that lives at that server; nothing: it is on its way to somebody unknown. */
export type Route = (server: Address, object: number) => Way | undefined;

/** For what goes to that server. */
export const wayTo =
  (there: Address): Route =>
  (server) =>
    server === there ? [server, HERE] : undefined;

let route: Route | undefined;

/** Encodes something for a receiver that is known. */
export function routed<T>(by: Route, body: () => T): T {
  const outer = route;
  route = by;
  try {
    return body();
  } finally {
    route = outer;
  }
}

export const routeOf: Route = (server, object) => route?.(server, object);

/** Encoding only to compare: nothing goes anywhere. */
export const nowhere: Route = (server) => [server, HERE];

let passages = COUNTED;

/** The number of a new passage, unlike those of all other processes, also in other pages: pids are a page's own. */
export function newPassage(): number {
  if (passages === COUNTED) passages += farStart();
  return ++passages;
}
