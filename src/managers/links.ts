// The links of this thread's processes, one of each to each server.

import { isIsolated } from '../base/isolation.ts';
import { pid } from '../base/thread.ts';
import { currentProcess } from '../process/current.ts';
import type { Address, Link } from './link.ts';
import { PostedLink } from './posted_link.ts';
import { RemoteLink } from './remote_link.ts';
import { SharedLink } from './shared_link.ts';

/** By client, and then by server. */
const links = new Map<number, Map<Address, Link>>();

/** How clients of this thread reach servers in it. */
const doors = new Map<Address, (client: number) => Link>();

/** The link of this process to that server. */
export function linkTo(server: Address): Link {
  let link = links.get(pid)?.get(server);
  if (link === undefined) {
    link = doors.get(server)?.(pid) ?? newLink(server);
    setLink(pid, server, link);
  }
  return link;
}

function newLink(server: Address): Link {
  if (typeof server === 'string') return new RemoteLink(server, () => currentProcess().authkey);
  return isIsolated ? new SharedLink(server) : new PostedLink(server);
}

/** Connects to a server that listens at that address. @throws AuthenticationError, OSError; as rejections. */
export async function connectTo(server: string, authkey: Uint8Array): Promise<Link> {
  const client = pid;
  const link = new RemoteLink(server, () => authkey);
  await link.open();
  setLink(client, server, link);
  return link;
}

/** That process serves itself, or serves no more. */
export function setLink(client: number, server: Address, link: Link | undefined): void {
  const its = links.get(client) ?? new Map<Address, Link>();
  if (link === undefined) its.delete(server);
  else its.set(server, link);
  if (its.size === 0) links.delete(client);
  else links.set(client, its);
}

/** Clients of this thread reach that server so. Answers how to end that: then those who had links to it have none. */
export function setDoor(server: Address, door: (client: number) => Link): () => void {
  doors.set(server, door);
  return () => {
    doors.delete(server);
    for (const client of [...links.keys()]) setLink(client, server, undefined);
  };
}
