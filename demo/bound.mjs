// A Vite plugin: binds each example of the tour to its card (see bound.ts). The listing that is shown is the file itself.

import { fileURLToPath } from 'node:url';

const BOUND = fileURLToPath(new URL('bound.ts', import.meta.url));
const EXAMPLE = /\/demo\/tour\/(?!index\.ts)([\w-]+)\.ts$/;
const IMPORT = "import * as mp from 'web-multiprocessing';";

/** What was written, in what was made of it. */
export const unbound = (code) =>
  code.replace(/import \{ consoleOf, libraryOf \} from "[^"]*";/, '').replace(/^const mp = libraryOf\(.*$/m, IMPORT);

/** @returns {import('vite').Plugin} */
export default function bound() {
  return {
    name: 'bound',
    enforce: 'pre',
    transform: {
      filter: { id: EXAMPLE },
      handler(code, file) {
        const id = JSON.stringify(EXAMPLE.exec(file)?.[1]);
        if (!code.includes(IMPORT)) throw new Error(`${file} does not have the line ${IMPORT}`);
        // In one line, so that the numbers of the others stay.
        const own =
          `import { consoleOf, libraryOf } from ${JSON.stringify(BOUND)}; ` +
          `const mp = libraryOf(${id}), console = consoleOf(${id});`;
        return { code: code.replace(IMPORT, own), map: null };
      },
    },
  };
}
