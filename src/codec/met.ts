// The objects that the message being written has met, in order: one that is met again is told by its number.

/** So many objects are looked for one by one; from there on a Map is faster. */
const LINEAR = 12;

/**
 * The first in a list; all in a Set when they are many, which asks and notes in one go; in a Map from the first on that is met again,
 * for that has to be told by its number; and in further ones when that is full.
 */
let first: (object | undefined)[] = [];
let unique: Set<object> | undefined;
let byObject: Map<object, number> | undefined;
let full: Map<object, number>[] = [];
let count = 0;
/** So many objects a Map takes in any engine (V8: 2^24). A message may hold more. */
let most = 1 << 24;

/** How many objects a Map is to take, for tests. Answers how many it took. */
export function limitMaps(objects: number): number {
  const before = most;
  most = objects;
  return before;
}

export function forget(): void {
  for (let i = Math.min(count, LINEAR); --i >= 0; ) first[i] = undefined;
  unique = byObject = undefined;
  count = 0;
  if (full.length > 0) full = [];
}

/** Begins anew, for a message inside of another; answers how to go on with that. */
export function layMetAside(): () => void {
  const outer = [first, unique, byObject, full, count] as const;
  first = [];
  unique = byObject = undefined;
  full = [];
  count = 0;
  return () => {
    [first, unique, byObject, full, count] = outer;
  };
}

const numbered = (objects: Set<object>): Map<object, number> => {
  const numbers = new Map<object, number>();
  for (const object of objects) numbers.set(object, numbers.size);
  return numbers;
};

/** The number of an object that was met before. */
export function numberOf(object: object): number | undefined {
  let met: number | undefined;
  if (unique !== undefined) {
    if (!unique.has(object)) return undefined;
    byObject = numbered(unique);
    unique = undefined;
  }
  if (byObject === undefined) {
    for (let i = 0; i < count; i++) if (first[i] === object) met = i;
  } else {
    met = byObject.get(object);
    for (let i = 0; met === undefined && i < full.length; i++) met = full[i]?.get(object);
  }
  return met;
}

/** The number of an object that was met before; any other gets the next one. */
export function meet(object: object): number | undefined {
  if (unique !== undefined && count < most && unique.add(object).size > count) {
    count++;
    return undefined;
  }
  const met = numberOf(object);
  if (met !== undefined) return met;
  if (count < LINEAR) first[count] = object;
  else if (count === LINEAR) unique = new Set(first as object[]).add(object);
  else {
    // Where there are too many for a Set.
    byObject ??= numbered(unique as Set<object>);
    unique = undefined;
    if (byObject.size >= most) {
      full.push(byObject);
      byObject = new Map();
    }
    byObject.set(object, count);
  }
  count++;
  return undefined;
}
