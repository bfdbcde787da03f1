// Compiles the code blocks of the documents; faults are told by their lines there.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { appsOf, blocksOf, documents, importsOf } from './examples.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = `${root}.cache/examples/`;
rmSync(folder, { recursive: true, force: true });

/** Where each line of a written file comes from. @type {Map<string, import('./examples.mjs').Block>} */
const written = new Map();
/** Files for Node, and those for the browser. */
const roots = { node: [], browser: [] };
const faults = new Set();

for (const app of documents.flatMap(appsOf)) {
  for (const [file, block] of app.files) {
    if (block.language === 'html') continue;
    const path = `${folder}${app.id}/${file}`;
    const isAlone = block.file === undefined && block.language === 'ts';
    // On the first line, so that lines stay where they are.
    const import_ = isAlone && !importsOf(block.code).includes('web-multiprocessing');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, (import_ ? "import * as mp from 'web-multiprocessing'; " : '') + block.code);
    written.set(path, block);
    if (app.own.has(file)) roots[/config\.\w+$/.test(file) ? 'node' : 'browser'].push(path);
  }
}

const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);

/** Blocks that are not to compile, until they do not. */
const hopeful = new Set([...written.values()].filter(({ note }) => note === 'error'));

for (const [kind, files] of Object.entries(roots)) {
  const types = kind === 'node' ? ['node'] : [];
  const program = ts.createProgram(files, {
    ...options,
    types,
    allowJs: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
  });
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    const block = file && written.get(file.fileName);
    if (block?.note === 'error') hopeful.delete(block);
    else if (block)
      faults.add(`${block.document}:${block.line + file.getLineAndCharacterOfPosition(start).line}: ${text}`);
    else faults.add(`${file ? relative(root, file.fileName) : 'tsconfig.base.json'}: ${text}`);
  }
}
for (const { document, line } of hopeful) faults.add(`${document}:${line}: this compiles, but is not to.`);

for (const { document, line, language, code, note } of documents.flatMap(blocksOf)) {
  if (language !== 'json' || note === 'excerpt') continue;
  try {
    JSON.parse(code);
  } catch (error) {
    faults.add(`${document}:${line}: ${error.message}`);
  }
}

for (const fault of faults) console.error(fault);
if (written.size === 0) console.error('No code blocks were found.');
process.exit(faults.size > 0 || written.size === 0 ? 1 : 0);
