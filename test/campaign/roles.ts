// All roles of the campaign. A new one is an entry in a file of roles/, in one of these lists.

import type { AnyRole } from './role.ts';
import { locks } from './roles/locks.ts';
import { meetings } from './roles/meetings.ts';
import { streams } from './roles/streams.ts';

export const roles: readonly AnyRole[] = [...locks, ...meetings, ...streams];

export function roleNamed(name: string): AnyRole {
  const found = roles.find((role) => role.name === name);
  if (!found) throw new Error(`There is no role "${name}".`);
  return found;
}
