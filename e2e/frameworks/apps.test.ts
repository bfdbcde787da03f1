// The apps of the guide's pages of large frameworks, in development and as the framework's own build makes them, with the
// packed library: what the pages show, word by word.

import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { isolation, serve } from '../../scripts/serve.mjs';
import { filesIn, run, writeApp } from '../consumers.ts';
import { open } from '../open.ts';
import { use } from '../use.ts';
import { install, pack, rootOf, serving } from './workspace.ts';

interface Framework {
  /** The folder that its page puts the pool of every app into; none where the page has a pool of its own. */
  readonly pool?: string;
  readonly development: string;
  /** The command of its own server, or the folder that anybody may serve. */
  readonly production: string | { readonly folder: string };
  /** How its page says to make static files, and where they are. */
  readonly files?: { readonly command: string; readonly folder: string };
}

const frameworks: Record<string, Framework> = {
  sveltekit: {
    pool: 'src',
    development: 'npx vite dev --host 127.0.0.1 --port PORT',
    production: 'node server.js',
    files: { command: 'vite build', folder: 'build' },
  },
  next: {
    development: 'npx next dev --hostname 127.0.0.1 --port PORT',
    production: 'npx next start --hostname 127.0.0.1 --port PORT',
    files: { command: 'next build', folder: 'out' },
  },
  nuxt: {
    pool: 'app',
    development: 'npx nuxt dev --host 127.0.0.1 --port PORT',
    production: 'node .output/server/index.mjs',
    files: { command: 'nuxt generate', folder: '.output/public' },
  },
  astro: {
    pool: 'src',
    development: 'npx astro dev --host 127.0.0.1 --port PORT',
    production: 'npx astro preview --host 127.0.0.1 --port PORT',
  },
  angular: {
    development: 'npx ng serve --host 127.0.0.1 --port PORT',
    production: { folder: 'dist/browser' },
  },
};

function* filesOf(name: string, pool: string | undefined): Generator<readonly [path: string, text: string]> {
  yield* filesIn(`docs/guide/${name}.md`, 'The app');
  if (pool === undefined) return;
  for (const [path, text] of filesIn('docs/guide/frameworks.md', 'The pool')) yield [path.replace(/^src/, pool), text];
}

test.describe.configure({ mode: 'default' });
test.beforeAll(() => pack());

/** Served with the headers, and by a host that sends none. */
async function useBoth(page: Page, folder: string, path = ''): Promise<void> {
  for (const headers of [isolation, {}]) {
    const server = await serve(folder, { headers });
    await use(page, server.url + path, headers);
    server.close();
    // What is listened to in a page is there for all that it opens.
    page.removeAllListeners();
  }
}

for (const [name, { pool, development, production, files }] of Object.entries(frameworks)) {
  test.describe(name, () => {
    const root = rootOf(name);

    test.beforeAll(async () => {
      await install(name);
      writeApp(root, filesOf(name, pool));
    });

    test('in development', async ({ page }) => {
      await serving(root, development, (url) => use(page, url));
    });

    test('for production', async ({ page }) => {
      expect(await run(root, 'npm', 'run', 'build')).not.toContain('[plugin web-multiprocessing]');
      if (typeof production === 'string') return serving(root, production, (url) => use(page, url));
      const server = await serve(join(root, production.folder), { headers: isolation });
      await use(page, server.url);
      server.close();
    });

    if (files === undefined) return;
    test('as static files', async ({ page }) => {
      writeApp(root, [...filesOf(name, pool), ...filesIn(`docs/guide/${name}.md`, 'As static files')]);
      expect(await run(root, 'npx', ...files.command.split(' '))).not.toContain('[plugin web-multiprocessing]');
      await useBoth(page, join(root, files.folder));
    });
  });
}

test('astro: islands of React, Vue and Svelte', async ({ page }) => {
  const root = rootOf('astro');
  await install('astro');
  const components = ['React', 'Vue', 'Svelte'].flatMap((name) => [...filesIn('docs/guide/frameworks.md', name)]);
  writeApp(root, [
    ...filesOf('astro', 'src'),
    ...components.filter(([path]) => /\.vue$|\.svelte$|Primes\.tsx$/.test(path)),
    ...filesIn('docs/guide/astro.md', 'Islands'),
  ]);
  expect(await run(root, 'npm', 'run', 'build')).not.toContain('[plugin web-multiprocessing]');
  for (const name of ['react', 'vue', 'svelte']) await useBoth(page, join(root, 'dist'), `${name}/`);
});

/** A page of each framework that renders on a server, with a function in place in its own kind of file, and where it is. */
const inPlace: Record<
  string,
  { readonly path: string; readonly files: () => Iterable<readonly [path: string, text: string]> }
> = {
  sveltekit: {
    path: 'scaled',
    files: () => [
      ...component('.svelte'),
      [
        'src/routes/scaled/+page.svelte',
        "<script>import Scaled from '../../Scaled.svelte';</script>\n<Scaled factor={3} />",
      ],
    ],
  },
  nuxt: {
    path: '',
    files: () => [
      ...component('.vue').map(
        ([, text]) => ['app/components/Scaled.vue', text.replace("'./pool'", "'../pool'")] as const,
      ),
      ['app/app.vue', '<template><Scaled :factor="3" /></template>'],
    ],
  },
  astro: {
    path: 'scaled/',
    files: () => [
      [
        'src/pages/scaled.astro',
        `<output>…</output>
        <script>
          import { pool } from '../pool';

          const factor = 3;
          const scale = (n: number) => {
            'use multiprocessing';
            return n * factor;
          };
          const scaled = await pool.map(scale, [1, 2, 3]);
          document.querySelector('output')!.textContent = scaled.join(' ');
        </script>`,
      ],
    ],
  },
};

const component = (ending: string): (readonly [path: string, text: string])[] =>
  [...filesIn('docs/guide/frameworks.md', 'In the component')].filter(([path]) => path.endsWith(ending));

for (const [name, { path, files }] of Object.entries(inPlace)) {
  test(`${name}: a function that is written in place, in a page that a server renders`, async ({ page }) => {
    const root = rootOf(name);
    const { pool, development, production } = frameworks[name]!;
    await install(name);
    writeApp(root, new Map([...filesOf(name, pool), ...files()]));
    const see = async (url: string): Promise<void> => {
      expect(await (await fetch(url + path)).text()).toMatch(/<output[^>]*>(?:<!--.*?-->)?…/);
      const wrong = await open(page, url + path);
      await expect(page.locator('output')).toHaveText('3 6 9');
      expect(wrong).toEqual([]);
      page.removeAllListeners();
    };
    await serving(root, development, see);
    await page.goto('about:blank');
    expect(await run(root, 'npm', 'run', 'build')).not.toContain('[plugin web-multiprocessing]');
    await serving(root, production as string, see);
  });
}

test('angular: with zone.js, what a callback changes is shown (fault 15)', async ({ page }) => {
  const root = rootOf('angular');
  await install('angular');
  const files = new Map([...filesOf('angular', undefined), ...filesIn('docs/guide/angular.md', 'With zone.js')]);
  const [before, polyfills] = ['"browser": "src/main.ts"', '"polyfills": ["zone.js"]'];
  files.set('angular.json', files.get('angular.json')!.replace(before, `${before}, ${polyfills}`));
  // Somebody outside of Angular's zone has the pool at work already: what it does for itself is no part of the zone.
  const [call, outside] = ['pool.mapAsync(', '(globalThis as any).Zone.root.run(() => pool.apply(countPrimes, [10]));'];
  files.set('src/main.ts', files.get('src/main.ts')!.replace(call, `${outside}\n${call}`));
  writeApp(root, files);
  expect(await run(root, 'npm', 'run', 'build')).toContain('polyfills');
  const server = await serve(join(root, 'dist/browser'), { headers: isolation });
  const wrong = await open(page, server.url);
  await page.getByRole('button').click();
  await expect(page.locator('output')).toHaveText('4 of 4');
  expect(wrong).toEqual([]);
  server.close();
});
