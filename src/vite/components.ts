// Components of frameworks among what processes load. Vite builds that without the app's own plugins, which alone can read them, and
// its server with them: so both say what to do.

import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

export const COMPONENT = /\.(?:vue|svelte|astro)$/;
const IMPORTED = /\b(?:import|export)\b(?!\s+type\b)[^'";]*(['"])([^'"\n]+\.(?:vue|svelte|astro))\1/;

/** The component that a module imports; there may be others. */
export const componentIn = (code: string): string | undefined => IMPORTED.exec(code)?.[2];

/** What is said of a component that no plugin reads in a build. */
export function unread(component: string): string {
  const kind = component.slice(component.lastIndexOf('.') + 1);
  const plugin = kind === 'astro' ? 'its plugin' : `${kind}()`;
  return `processes load ${component}, and a build reads no .${kind} for them: name the plugin that does, { worker: { plugins: () => [${plugin}] } } in Vite's configuration, or import no component there`;
}

/** Among the plugins of workers. */
export const components = (): Plugin => ({
  name: 'web-multiprocessing:components',
  enforce: 'post',
  transform: {
    filter: { id: COMPONENT },
    handler(code, id) {
      // As it is in the file.
      if (code === readFileSync(id, 'utf8')) this.error(unread(id));
    },
  },
});
