// The links of this process, one to each server.

import { isIsolated } from '../base/isolation.ts';
import { currentProcess } from '../process/current.ts';
import type { Address, Link } from './link.ts';
import { PostedLink } from './posted_link.ts';
import { RemoteLink } from './remote_link.ts';
import { SharedLink } from './shared_link.ts';

const links = new Map<Address, Link>();

/** The link of this process to that server. */
export function linkTo(server: Address): Link {
  let link = links.get(server);
  if (link === undefined) {
    link = typeof server === 'string' ? new RemoteLink(server, () => currentProcess().authkey) : newLink(server);
    links.set(server, link);
  }
  return link;
}

const newLink = (server: number): Link => (isIsolated ? new SharedLink(server) : new PostedLink(server));

/** Connects to a server that listens at that address. @throws AuthenticationError, OSError; as rejections. */
export async function connectTo(server: string, authkey: Uint8Array): Promise<void> {
  const link = new RemoteLink(server, () => authkey);
  await link.open();
  links.set(server, link);
}

/** This process serves itself, or serves no more. */
export function setLink(server: Address, link: Link | undefined): void {
  if (link === undefined) links.delete(server);
  else links.set(server, link);
}
