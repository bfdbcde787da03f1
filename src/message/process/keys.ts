// Runs in a process that shares no memory with others: its shared objects, each a key of what the page has. Objects of one key have one
// body here, since what this process knows of it is the body's. The page hears when that is garbage.

import { pid } from '../../base/thread.ts';
import { type Heir, type Marshaller, type SharedKind, sharedKindOf } from '../../codec/shared.ts';
import { InvalidStateError } from '../../errors.ts';
import { begin, send } from './requests.ts';

/** What is asked of the page by key. */
export abstract class Requested {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  /** It is of a new object, made of that. */
  made(..._args: never[]): void {}

  /** It says something that nobody has asked for. */
  told(..._values: never[]): void {}
}

type Body = new (key: string) => Requested;

const classes = new Map<string, Body>();
const bodies = new Map<string, WeakRef<Requested>>();
let made = 0;

const garbage = new FinalizationRegistry<string>((key) => {
  // It may have come anew meanwhile.
  if (bodies.get(key)?.deref() !== undefined) return;
  bodies.delete(key);
  send(['drop', key]);
});

/** That of an object that this process makes. */
export const newKey = (): string => `${pid}:${++made}`;

/** Objects of that kind have such bodies in a process. */
export function registerBody(kind: string, body: Body): void {
  classes.set(kind, body);
}

/** What is asked of the object of that key. */
export function open(kind: string, key: string): Requested {
  const known = bodies.get(key)?.deref();
  if (known !== undefined) return known;
  const body = new (classes.get(kind) as Body)(key);
  bodies.set(key, new WeakRef(body));
  garbage.register(body, key);
  return body;
}

/** What an object is made of. @throws InvalidStateError for one that was made before there were keys. */
export function bodyOf(object: object): Requested {
  let at: object | null = object;
  let kind: SharedKind | undefined;
  while (kind === undefined && at !== null) {
    at = Object.getPrototypeOf(at) as object | null;
    kind = at === null ? undefined : sharedKindOf(at);
  }
  return requested(kind as SharedKind, object);
}

function requested({ kind, body }: SharedKind, object: object, heirs: Heir[] = []): Requested {
  const its = body?.(object, heirs);
  if (its instanceof Requested) return its;
  throw new InvalidStateError(
    `${kind}: this one was made while the modules of a worker were still being loaded, and is this thread's alone: make it in a function`,
  );
}

export const processMarshaller: Marshaller = {
  make(kind, args) {
    if (!classes.has(kind)) return undefined;
    const key = newKey();
    send(['make', key, kind, args]);
    const body = open(kind, key);
    body.made(...(args as never[]));
    return body;
  },

  detach(kind, object, heirs, starts) {
    const { key } = requested(kind, object, heirs);
    let at = 0;
    const pass: Heir = (to) => {
      send(['travel', key, at, to]);
      at = to;
    };
    if (starts) heirs.push((heir) => heir !== 0 && send(['hold', key, heir]));
    else {
      pass(pid);
      heirs.push(pass);
    }
    return [key, starts ? 0 : pid, kind.beside?.(object)];
  },

  attach(kind, state) {
    const [key, writer, beside] = state as [string, number, unknown];
    if (writer !== 0) send(['arrive', key]);
    return kind.make?.(open(kind.kind, key), beside) as object;
  },
};

/** Begins to make requests. */
export const start = (): void =>
  begin((key) => {
    const body = bodies.get(key)?.deref();
    return body && ((values) => body.told(...(values as never[])));
  });
