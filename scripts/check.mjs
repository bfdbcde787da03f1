// Everything that needs no browser, step by step; goes on after a failure, so that one run tells all.
//
//   node scripts/check.mjs [step ...]      the named steps only, e.g. `types lint`

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each step: commands, all of which must succeed. Those after `build` look at what it made. */
const steps = {
  types: ['tsc -p tsconfig.lib.json', 'tsc -p tsconfig.json', 'tsc -p tsconfig.node.json'],
  lint: ['biome check --error-on-warnings --max-diagnostics=100'],
  layers: ['node scripts/layers.mjs'],
  files: ['node scripts/files.mjs'],
  docs: ['typedoc --out .cache/reference', 'git diff --no-index --exit-code --stat docs/reference .cache/reference'],
  messages: ['node scripts/messages.mjs'],
  examples: ['node scripts/examples-check.mjs'],
  build: ['tsdown --logLevel warn'],
  api: ['', '.page', '.process', '.inspect', '.dummy'].map(
    (entry) => `api-extractor run -c api-extractor${entry}.json`,
  ),
  package: [
    'tsc -p tsconfig.dist.json',
    'publint --strict --pack npm',
    // `isolation.js` is a script, which nobody imports.
    'attw --pack . --profile esm-only --no-emoji --format table --exclude-entrypoints ./isolation.js',
  ],
  size: ['node scripts/bundles.mjs', 'size-limit'],
};

/** What to do about a failure, where its output does not say. */
const hints = {
  lint: 'Most of this is repaired by `npm run format`.',
  docs: 'Each public name needs a docstring; `npm run docs` writes the reference.',
  messages: 'Each message has a line in docs/messages.md; `node scripts/messages.mjs --list` names them all.',
  examples: 'How a code block of a document is read: docs/testing.md.',
  api: 'If the change is meant, write the report with `npm run api`, review it and commit it.',
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. The steps are ${Object.keys(steps).join(', ')}.`);
  process.exit(2);
}

const PATH = `${root}node_modules/.bin${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`;

function run(command) {
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  return { ok: status === 0, output: `$ ${command}\n${stdout}${stderr}` };
}

const failed = [];
for (const [name, commands] of Object.entries(steps)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const started = Date.now();
  const results = commands.map(run);
  const ok = results.every((result) => result.ok);
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (ok) continue;
  failed.push(name);
  for (const result of results) if (!result.ok) console.log(result.output.replaceAll(/^/gm, '    '));
  if (hints[name]) console.log(`    ${hints[name]}\n`);
}

console.log(failed.length > 0 ? `\nThe check failed: ${failed.join(', ')}.` : '\nThe check passed.');
process.exit(failed.length > 0 ? 1 : 0);
