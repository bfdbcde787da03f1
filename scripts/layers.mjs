// Checks the layers of src/ (see .dependency-cruiser.mjs); with --prove, that the check finds what it must.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function cruise(folder) {
  const command = `${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`;
  const args = [command, 'src', '--config', '.dependency-cruiser.mjs', '--no-progress'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  return { ok: status === 0, output: stdout + stderr };
}

/** Each of these, added to a small sound tree, must break the rule of that name. */
const breaches = {
  'no-cycle': { 'memory/a.ts': "import './b.ts';", 'memory/b.ts': "import type { A } from './a.ts';" },
  'layer-memory': { 'memory/a.ts': "import '../pool/pool.ts';" },
  'layer-sync': { 'sync/a.ts': "import type { Pool } from '../pool/pool.ts';" },
  'side-pool-owner': { 'pool/owner/a.ts': 'export {};', 'pool/worker/a.ts': "import type {} from '../owner/a.ts';" },
  'side-process-page': { 'process/page/a.ts': 'export {};', 'managers/a.ts': "import '../process/page/a.ts';" },
  'pool-by-message': { 'pool/owner/by_message/a.ts': 'export {};', 'pool/owner/a.ts': "import './by_message/a.ts';" },
  'pool-by-memory': {
    'pool/owner/by_memory/a.ts': 'export {};',
    'pool/owner/by_message/a.ts': "import '../by_memory/a.ts';",
  },
  'known-layers-only': { 'misc/a.ts': "import '../errors.ts';" },
  'errors-stand-alone': { 'errors.ts': "import './memory/wait.ts';" },
  'plugin-stands-alone': { 'vite.ts': "import './errors.ts';" },
  'nothing-imports-entries': { 'pool/a.ts': "import '../index.ts';" },
  'no-runtime-dependencies': { 'pool/a.ts': "import 'vite';" },
};

const sound = {
  'errors.ts': 'export class E {}',
  'index.ts': "export * from './pool/pool.ts';",
  'vite.ts': "import type {} from 'vite';",
  'memory/wait.ts': "import '../errors.ts'; export {};",
  'pool/pool.ts': "import '../memory/wait.ts'; export class Pool {}",
};

function tree(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(new URL('.', `file://${folder}/src/${name}`), { recursive: true });
    writeFileSync(`${folder}/src/${name}`, `${text}\n`);
  }
}

function prove() {
  const folder = `${root}.cache/layers`;
  let failed = false;
  for (const [rule, files] of [['', {}], ...Object.entries(breaches)]) {
    rmSync(folder, { recursive: true, force: true });
    tree(folder, { ...sound, ...files });
    for (const name of ['.dependency-cruiser.mjs', 'tsconfig.lib.json', 'tsconfig.base.json']) {
      cpSync(root + name, `${folder}/${name}`);
    }
    const { ok, output } = cruise(folder);
    const good = rule ? !ok && output.includes(rule) : ok;
    console.log(`${good ? 'ok' : 'FAILED'}: ${rule ? `finds a breach of ${rule}` : 'passes a sound tree'}`);
    if (!good) {
      console.log(output);
      failed = true;
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return !failed;
}

if (process.argv.includes('--prove')) {
  process.exit(prove() ? 0 : 1);
} else {
  const { ok, output } = cruise(root);
  console.log(output);
  process.exit(ok ? 0 : 1);
}
