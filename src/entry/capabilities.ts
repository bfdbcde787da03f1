// What this page allows, and what to do about what it does not.

import { isIsolated } from '../base/isolation.ts';
import { isWorker, pid, UNBORN } from '../base/thread.ts';
import { cpuCount } from '../process/current.ts';

/** Something that a browser or a page may lack. */
export interface Feature {
  /** What it is called. */
  readonly name: string;
  /** Whether it is there. */
  readonly available: boolean;
  /** Whether processes need it as this page works; without the others they work, but less well. */
  readonly required: boolean;
  /** What it is for. */
  readonly purpose: string;
  /** What to do about it where it is missing; `null` where it is available. */
  readonly remedy: string | null;
}

/** What `capabilities()` answers. */
export interface Capabilities {
  /** Nothing that is required is missing: processes can be started, once an executable is set. */
  readonly ready: boolean;
  /**
   * How processes share: `'shared'` is memory, in a page that is cross-origin isolated; `'message'` is messages to the page,
   * in any other.
   */
  readonly mode: 'shared' | 'message';
  /** How many processors the browser admits to; at least 1. */
  readonly cores: number;
  /** Everything that was looked for. */
  readonly features: readonly Feature[];
  /** Those of the features that are missing. */
  readonly missing: readonly Feature[];
}

const NEW_BROWSER = 'Use a newer browser: Chromium 94, Firefox 114, Safari 16.4, or later.';

/** Whether this page may store anything: where it may not, it gets no lock either, but hears of that only later. */
function mayStore(): boolean {
  try {
    return isWorker || globalThis.localStorage !== undefined;
  } catch {
    return false;
  }
}

type Row = readonly [
  name: string,
  /** Where processes need it. */
  required: 'always' | 'shared' | 'never',
  has: () => boolean,
  purpose: string,
  remedy: string,
  /** What it comes with: where that is missing, so is this, in any browser. */
  after?: string,
];

/** What is looked for. A remedy supposes that what it comes with is available. */
const rows: readonly Row[] = [
  [
    'workers',
    'always',
    // A page without an origin, as a sandboxed frame may be, has no script that is of its own.
    () => (isWorker ? pid !== UNBORN : typeof Worker === 'function' && globalThis.origin !== 'null'),
    'Processes.',
    "Call this in a page of a browser, or in a process: not on a server, in a worker of the app's own, or in a frame without " +
      '"allow-same-origin" in its sandbox.',
  ],
  [
    'secure context',
    'shared',
    () => globalThis.isSecureContext === true,
    'Shared memory and Web Locks: browsers give them only to pages that came by a safe way.',
    'Serve the page over HTTPS, or from localhost.',
  ],
  [
    'cross-origin isolation',
    'shared',
    () => isIsolated,
    'Memory that processes share, calls that block, and locks and queues that are hundreds of times as fast. Without it ' +
      'everything else works, by message.',
    'Let the server of the page send the headers "Cross-Origin-Opener-Policy: same-origin" and ' +
      '"Cross-Origin-Embedder-Policy: require-corp", with the page and with the scripts of workers. Or, where frames, popups or ' +
      'images of other sites have to go on working, "Document-Isolation-Policy: isolate-and-credentialless" with the page, ' +
      'which Chrome and Edge 137 know, and no other browser.',
    'secure context',
  ],
  [
    'Web Locks',
    'shared',
    () => typeof globalThis.navigator?.locks?.request === 'function' && mayStore(),
    'To see every death of a process. Without them ends that nobody announces are not seen, such as a crash.',
    'Allow the page to store data: browsers deny Web Locks to sandboxed frames, and where site data is blocked. If that is ' +
      `not so: ${NEW_BROWSER}`,
    'secure context',
  ],
  [
    'growable shared memory',
    'never',
    () => isIsolated && 'grow' in SharedArrayBuffer.prototype,
    'Queues in shared memory that grow with what is in them. Without it they hold 4 KiB, and who puts more waits for those ' +
      'who take.',
    'Use a newer browser: Chromium 111, Firefox 128, Safari 16.4, or later.',
    'cross-origin isolation',
  ],
  [
    'Atomics.waitAsync',
    'never',
    () => 'waitAsync' in Atomics,
    'To wait without blocking. Without it timers look every few milliseconds.',
    'Use a newer browser: Chromium 90, Firefox 145, Safari 16.4, or later.',
  ],
  [
    'Atomics.pause',
    'never',
    () => 'pause' in Atomics,
    'To look again for some microseconds before sleeping, at less cost to the other processors.',
    'Nothing needs to be done: it is a little slower.',
  ],
  [
    'blocking',
    'never',
    () => isWorker && isIsolated,
    'The names that end with Sync, such as getSync(): they block where they have to wait.',
    'A page must never stand still: use the name without Sync, and await it. In processes of an isolated page both forms work.',
  ],
];

/** All that is looked for, as it is here. */
function look(mode: Capabilities['mode']): readonly Feature[] {
  const missing = new Set<string>();
  return rows.map(([name, needed, has, purpose, advice, after]): Feature => {
    const required = needed === 'always' || needed === mode;
    const available = has();
    const isLater = after !== undefined && missing.has(after);
    const remedy = available ? null : isLater ? `See to "${after}" first.` : advice;
    if (!available) missing.add(name);
    return { name, available, required, purpose, remedy };
  });
}

/**
 * What this page, or this process, allows, and what to do about what it does not. It can be called anywhere, on a server
 * too, and never throws or waits.
 *
 * ```ts
 * const { ready, missing } = mp.capabilities();
 * if (!ready) console.error(missing.map(({ name, remedy }) => `${name}: ${remedy}`).join('\n'));
 * ```
 *
 * Not in Python.
 */
export function capabilities(): Capabilities {
  const mode = isIsolated ? 'shared' : 'message';
  const features = look(mode);
  const missing = features.filter(({ available }) => !available);
  return {
    ready: !missing.some(({ required }) => required),
    mode,
    cores: cpuCount(),
    features,
    missing,
  };
}
