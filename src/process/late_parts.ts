// Parts of the library that few processes need: they are loaded where they are used, and then in every process that is
// started from there, before that does anything, since a thread that blocks can load nothing any more.

/** How to load each part. Given by the executable, which every process has. */
const loaders = new Map<string, () => Promise<unknown>>();
/** What is loaded here, or a piece of it. */
const present = new Set<string>();

export function provide(name: string, load: () => Promise<unknown>): void {
  loaders.set(name, load);
}

/** That part is loaded in this process: those that are started from here need it, too. */
export function announce(name: string): void {
  present.add(name);
}

/** What works by message, on its way to this page: there where threads share no memory. */
export let arrival: Promise<unknown> | undefined;

export function expect(part: Promise<unknown>): void {
  arrival = part;
  // Who waits for it hears of that.
  part.catch(() => {});
}

/** What a process that is started from here has to load. */
export const partsHere = (): string[] => [...present];

/**
 * Loads them whole: a bundle of the app may have some modules of a part, which announce it, and lack others. What is there
 * is not loaded again. @throws what the browser says where it cannot be loaded.
 */
export async function load(names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => loaders.get(name)?.()));
}
