// The headers of cross-origin isolation, and the script for pages whose server cannot send them.

/** The headers by which the dev and preview servers isolate pages. */
export function headersOf(isolation: string | false): readonly (readonly [name: string, value: string])[] {
  if (isolation === false) return [];
  if (isolation === 'document') return [['Document-Isolation-Policy', 'isolate-and-credentialless']];
  return [
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Embedder-Policy', isolation],
  ];
}

/** The tag of `isolation.js`, relative to the page: Vite knows public files only by paths from the root. */
const HELPER =
  /<script(?=\s)(?![^>]*\b(?:vite-ignore|type\s*=))(?=[^>]*\ssrc\s*=\s*["']?(?![/:\w]+:|\/)[^"'\s>]*\bisolation\.js\b)/gi;

/** The page, with a note for Vite that this script is meant to stay as it is: it warns of what it cannot bundle. */
export const leaveHelper = (html: string): string => html.replace(HELPER, '<script vite-ignore');
