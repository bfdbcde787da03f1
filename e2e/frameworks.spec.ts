// The apps of docs/guide/frameworks.md, in development and as the framework's own build makes them, with the packed library.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { serve } from '../scripts/serve.mjs';
import { develop, filesIn, run, workspace, writeApp } from './consumers.ts';
import { open } from './open.ts';
import { use } from './use.ts';

const document = 'docs/guide/frameworks.md';
const page = (entry: string): string => `<!doctype html>
<title>An app</title>
<div id="app"></div>
<script type="module" src="/src/${entry}"></script>`;

// Those of a framework share their folder.
test.describe.configure({ mode: 'default' });

for (const [name, entry, component] of [
  ['React', 'main.tsx', './Primes'],
  ['Vue', 'main.ts', './Primes.vue'],
  ['Svelte', 'main.ts', './Primes.svelte'],
] as const) {
  test.describe(name, () => {
    const root = join(workspace, 'apps', name.toLowerCase());

    test.beforeAll(() => {
      const files = [
        ...filesIn(document, 'The pool'),
        ...filesIn(document, name),
        ['index.html', page(entry)] as const,
      ];
      writeApp(root, files);
    });

    test('for production', async ({ page }) => {
      expect(await run(root, 'npx', 'vite', 'build')).not.toMatch(/warning/i);
      const server = await serve(join(root, 'dist'));
      await use(page, server.url);
      server.close();
    });

    test('in development', async ({ page }) => {
      await develop(root, (url) => use(page, url));
    });

    test('with a module of tasks that imports a component', async ({ page }) => {
      const files = new Map([...filesIn(document, 'The pool'), ...filesIn(document, name)]);
      const imported = `\nimport * as component from '${component}';\nexport const names = () => Object.keys(component);\n`;
      writeFileSync(join(root, 'src/tasks.ts'), files.get('src/tasks.ts') + imported);
      const configuration = files.get('vite.config.ts')!;
      const [plugin = ''] = /\w+\(\)/.exec(configuration)!;
      if (name !== 'React') {
        // Processes get no plugins but those of their own.
        const refused = await run(root, 'npx', 'vite', 'build').catch(String);
        expect(refused).toContain(', and a build reads no .');
        expect(refused).toContain(`worker: { plugins: () => [${plugin}] }`);
        await develop(root, (url) => use(page, url));
        await page.goto('about:blank');
        const worker = `worker: { plugins: () => [${plugin}] }, plugins:`;
        writeFileSync(join(root, 'vite.config.ts'), configuration.replace('plugins:', worker));
      }
      await run(root, 'npx', 'vite', 'build');
      const server = await serve(join(root, 'dist'));
      await use(page, server.url);
      server.close();
      await page.goto('about:blank');
      await develop(root, (url) => use(page, url));
    });
  });
}

test('React: a pool of a component, in StrictMode (fault 18)', async ({ page: tab }) => {
  const root = join(workspace, 'apps/react');
  const main = `import { StrictMode } from 'react';
    import { createRoot } from 'react-dom/client';
    import { Squares } from './Squares';
    createRoot(document.querySelector('#app')!).render(<StrictMode><Squares /></StrictMode>);`;
  writeApp(root, [
    ...filesIn(document, 'The pool'),
    ...filesIn(document, 'React'),
    ['index.html', page('squares.tsx')],
    ['src/squares.tsx', main],
  ]);
  await develop(root, async (url) => {
    const wrong = await open(tab, url);
    await expect(tab.locator('output')).toHaveText('4 25 168');
    expect(wrong).toEqual([]);
  });
});

/** What shows a component whose call is written in its place. */
const inPlace = {
  React: [
    ['index.html', page('scaled.tsx')],
    [
      'src/scaled.tsx',
      `import { StrictMode } from 'react';
      import { createRoot } from 'react-dom/client';
      import { Scaled } from './Scaled';
      createRoot(document.querySelector('#app')!).render(<StrictMode><Scaled factor={3} /></StrictMode>);`,
    ],
  ],
  Vue: [
    ['index.html', page('scaled.ts')],
    [
      'src/scaled.ts',
      `import { createApp } from 'vue';
      import Scaled from './Scaled.vue';
      createApp(Scaled, { factor: 3 }).mount('#app');`,
    ],
  ],
  Svelte: [
    ['index.html', page('scaled.ts')],
    [
      'src/scaled.ts',
      `import { mount } from 'svelte';
      import Scaled from './Scaled.svelte';
      mount(Scaled, { target: document.querySelector('#app')!, props: { factor: 3 } });`,
    ],
  ],
} as const;

/** What makes its text on a server. */
const rendered = {
  React: `import { createElement } from 'react';
    import { renderToString } from 'react-dom/server';
    import { Scaled } from './Scaled';
    export const html = renderToString(createElement(Scaled, { factor: 3 }));`,
  Vue: `import { createSSRApp } from 'vue';
    import { renderToString } from 'vue/server-renderer';
    import Scaled from './Scaled.vue';
    export const html = await renderToString(createSSRApp(Scaled, { factor: 3 }));`,
  Svelte: `import { render } from 'svelte/server';
    import Scaled from './Scaled.svelte';
    export const html = render(Scaled, { props: { factor: 3 } }).body;`,
} as const;

for (const [name, files] of Object.entries(inPlace)) {
  test(`${name}: a component with a function that is written in place`, async ({ page: tab }) => {
    const root = join(workspace, 'apps', name.toLowerCase());
    const shown = ['In the component', 'The pool', name].flatMap((heading) => [...filesIn(document, heading)]);
    writeApp(root, [...shown, ...files]);
    const see = async (url: string): Promise<void> => {
      const wrong = await open(tab, url);
      await expect(tab.locator('output')).toHaveText('3 6 9');
      expect(wrong).toEqual([]);
    };
    await run(root, 'npx', 'vite', 'build');
    const server = await serve(join(root, 'dist'));
    await see(server.url);
    server.close();
    await tab.goto('about:blank');
    await develop(root, see);
  });

  test(`${name}: such a component on a server, in development and built`, async () => {
    const root = join(workspace, 'apps', name.toLowerCase());
    const shown = ['In the component', 'The pool', name].flatMap((heading) => [...filesIn(document, heading)]);
    const development = `import { createServer } from 'vite';
      const server = await createServer({ server: { middlewareMode: true }, appType: 'custom' });
      console.log((await server.ssrLoadModule('/src/render.ts')).html);
      await server.close();`;
    writeApp(root, [
      ...shown,
      ['src/render.ts', rendered[name as keyof typeof rendered]],
      ['src/server.ts', "import { html } from './render';\nconsole.log(html);"],
      ['development.js', development],
    ]);
    const html = /<output>(?:<!--.*?-->)?…(?:<!--.*?-->)?<\/output>/;
    expect(await run(root, process.execPath, 'development.js')).toMatch(html);
    await run(root, 'npx', 'vite', 'build', '--ssr', 'src/server.ts');
    expect(await run(root, process.execPath, 'dist/server.js')).toMatch(html);
  });
}
