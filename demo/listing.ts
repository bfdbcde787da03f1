// The shape of a highlighted file, as `listing.mjs` makes it while the page is built: `import code from './queue.ts?highlight'`.

/** A piece of text, and the kind of its token, which `code.css` colours; none for plain text. */
export type Token = readonly [text: string, kind?: string];

export interface Listing {
  readonly language: 'python' | 'typescript' | 'javascript';
  readonly text: string;
  readonly lines: readonly (readonly Token[])[];
}
