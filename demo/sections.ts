// The larger parts of the page, by their names in the bar. Each is loaded and made for itself: one that a browser cannot show says
// so in its place, and the rest of the page does not suffer.

import { section } from './section.ts';

export interface Section {
  readonly element: HTMLElement;
  /** It is in the page. */
  shown?(): void;
  /** Why it cannot run where all goes by message. */
  readonly needs?: string;
  /** It can run here. */
  begin?(): void;
  /** It cannot, and says why. */
  disable?(): void;
}

const parts: readonly (readonly [name: string, make: () => Promise<Section>])[] = [
  ['Explorer', async () => new (await import('./explorer/explorer.ts')).Explorer()],
  ['Race', async () => new (await import('./race/race.ts')).Race()],
  ['Producers', async () => new (await import('./producers/producers.ts')).Producers()],
  ['Two tabs', async () => new (await import('./board/desk.ts')).Desk()],
  ['How fast', async () => new (await import('./speed/speed.ts')).Speed()],
  ['Your browser', async () => ({ element: (await import('./capabilities/table.ts')).capabilityTable() })],
];

/** In place of a section. */
export function missing(title: string, error: unknown): Section {
  console.error(error);
  const id = title.toLowerCase().replaceAll(' ', '-');
  const summary = `This browser cannot show it: ${String(error)}.`;
  return { element: section({ id, kind: 'missing', title, summary }) };
}

export const loadSections = (): Promise<(readonly [name: string, Section])[]> =>
  Promise.all(
    parts.map(async ([name, make]) => [name, await make().catch((error: unknown) => missing(name, error))] as const),
  );
