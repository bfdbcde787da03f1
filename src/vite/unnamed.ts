// What few apps use, and a bundler cannot leave out, since methods lead to it: a page in which no module has the name of such a method has it
// not. Each stands in a file of its own in the library, which nothing else leads to.

import { LIBRARY } from './packages.ts';

interface Unnamed {
  readonly file: RegExp;
  /** The names of the methods. */
  readonly names: RegExp;
  /** The file without it. */
  without(code: string): string;
}

/** What a page could load late costs it something at first: all that it has in common with that is exported. */
const server: Unnamed = {
  file: /\/load_manager_server\.[jt]s$/,
  names: /\bgetServer\b/,
  without: (code) =>
    code.replace(/\bimport\((["'`])[^"'`]*\/serving\.[jt]s\1\)/, 'Promise.reject(missing())') + NO_SERVER,
};

const NO_SERVER = `
import { InvalidStateError } from '${LIBRARY}';
const missing = () => new InvalidStateError('this page was built without the server of managers, since none of its modules has the ' +
  'name getServer: write the call out, as manager.getServer()');
`;

const streams: Unnamed = {
  file: /\/stream_of_pool\.[jt]s$/,
  names: /\bimap(?:Unordered)?\b/,
  without: () => NO_STREAMS,
};

const NO_STREAMS = `
import { InvalidStateError } from '${LIBRARY}';
export function streamOf() {
  throw new InvalidStateError('this page was built without imap() and imapUnordered(), since none of its modules has such a name: write ' +
    'the call out, as pool.imap(f, items)');
}
`;

export const unnamedIn = (path: string): Unnamed | undefined => [server, streams].find(({ file }) => file.test(path));
