// The code blocks of the documents, and the apps that they make up: docs/testing.md says how a block is read.

import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import MarkdownIt from 'markdown-it';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** README.md and all below docs/. */
export const documents = [
  'README.md',
  ...readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .map((path) => `docs/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md'))
    .sort(),
];

/** What may stand in a comment above a block: `<!-- code: excerpt: why -->`. */
const NOTE = /^<!-- code: (excerpt|error|not run|complains)(?:: .+?)? -->$/s;
/** The first line of a block that is a file. */
const NAME = /^(?:\/\/ ([\w./-]+\.[jt]s)|<!-- ([\w./-]+\.html) -->)$/;

/**
 * @typedef {object} Block
 * @property {string} document
 * @property {number} line of the document where its code begins
 * @property {string} language
 * @property {string} code
 * @property {string | undefined} file what it is called in the app
 * @property {'excerpt' | 'error' | 'not run' | 'complains' | undefined} note
 * @property {string} section the text of the `##` heading above it
 */

/** @returns {Block[]} */
export function blocksOf(document) {
  const tokens = new MarkdownIt('commonmark').parse(readFileSync(root + document, 'utf8'), {});
  const blocks = [];
  let section = '';
  for (const [index, { type, tag, info, content, map }] of tokens.entries()) {
    if (type === 'heading_open' && tag === 'h2') section = tokens[index + 1].content;
    if (type !== 'fence') continue;
    const above = tokens[index - 1]?.type === 'html_block' ? tokens[index - 1].content.trim() : '';
    const note = NOTE.exec(above)?.[1];
    const line = map[0] + 2;
    if (above.startsWith('<!-- code') && !note) throw new Error(`${document}:${line - 2}: what is ${above}?`);
    const [, script, page] = NAME.exec(content.split('\n', 1)[0]) ?? [];
    const language = info.split(' ', 1)[0];
    blocks.push({ document, line, language, code: content, file: script ?? page, note, section });
  }
  return blocks;
}

const isScript = ({ language, note }) => ['ts', 'js'].includes(language) && note !== 'excerpt';
const isPage = ({ language, file, note }) => language === 'html' && file !== undefined && note !== 'excerpt';

/** What a module imports, by the names that it writes. */
export const importsOf = (code) => ts.preProcessFile(code, true, true).importedFiles.map(({ fileName }) => fileName);

/**
 * An app: the blocks of a section, and the files above that they import. It ends with the section, or where a file of it
 * comes again.
 *
 * @typedef {object} App
 * @property {string} id a path for it
 * @property {string} title
 * @property {Map<string, Block>} own its blocks by file; those that are none are modules of their own
 * @property {Map<string, Block>} files its own, and those above that they import
 */

/** @returns {App[]} */
export function appsOf(document) {
  /** @type {App[]} */
  const apps = [];
  const visible = new Map();
  let app;
  let section;
  for (const block of blocksOf(document)) {
    if (!isScript(block) && !isPage(block)) continue;
    const file = block.file ?? `src/line-${block.line}.${block.language}`;
    if (!app || block.section !== section || app.own.has(file)) {
      const id = `${document.replace(/\.md$/, '')}/${apps.length + 1}`;
      app = { id, title: [document, block.section].filter(Boolean).join(': '), own: new Map(), files: new Map() };
      apps.push(app);
      section = block.section;
    }
    app.own.set(file, block);
    app.files = reachable(app.own, visible.set(file, block));
  }
  return apps;
}

/** Some files, and all that they import. */
function reachable(from, visible) {
  const found = new Map(from);
  for (const [file, { code }] of found) {
    for (const name of importsOf(code).filter((it) => it.startsWith('.'))) {
      const path = posix.join(posix.dirname(file), name);
      const target = [path, `${path}.ts`, `${path}.js`].find((it) => visible.has(it));
      if (target && !found.has(target)) found.set(target, visible.get(target));
    }
  }
  return found;
}
