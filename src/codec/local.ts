// Values that stay in this realm, as those that the processes of web-multiprocessing/dummy give each other: what of functions and
// classes is not registered may be among them. With a carrier they travel as they are, elsewhere by names that nobody else knows.

let stays = false;

/** What is written in that step stays in this realm. */
export function locally<T>(step: () => T): T {
  const before = stays;
  stays = true;
  try {
    return step();
  } finally {
    stays = before;
  }
}

/** Does what is being written stay in this realm? */
export const isLocal = (): boolean => stays;

const names = new WeakMap<object, string>();
/** Nobody can tell whether a record with its name is still to be read. */
const targets: object[] = [];

/** No module can be called so. */
const PREFIX = 'here:';

/** A name of this realm for a function or class; none where what is being written may leave it. */
export function localNameOf(target: object): string | undefined {
  if (!stays) return undefined;
  let name = names.get(target);
  if (name === undefined) {
    name = PREFIX + (targets.push(target) - 1);
    names.set(target, name);
  }
  return name;
}

/** What has that name in this realm. */
export const localTarget = (name: string): object | undefined =>
  name.startsWith(PREFIX) ? targets[Number(name.slice(PREFIX.length))] : undefined;
