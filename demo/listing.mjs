// A Vite plugin: `import code from './queue.ts?highlight'` gives a file's text, highlighted by Shiki while the page is
// built. The page gets neither Shiki nor inline styles, which a strict Content Security Policy forbids: only kinds of
// tokens, which the stylesheet colours. `?page` and `?process` give what this very build makes of a file with one function that is
// written in place.

import { readFile } from 'node:fs/promises';
import { createHighlighterCore } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';
import python from 'shiki/langs/python.mjs';
import typescript from 'shiki/langs/typescript.mjs';
import { unbound } from './bound.mjs';

/** The kinds of tokens, and the TextMate scopes that belong to each. */
const kinds = {
  plain: [
    'keyword.operator',
    'storage.type.function.arrow',
    'entity.name.type.module',
    'constant.language.import-export-all',
  ],
  keyword: [
    'keyword',
    'storage',
    'keyword.operator.new',
    'keyword.operator.expression',
    'keyword.operator.logical.python',
  ],
  function: ['entity.name.function', 'support.function', 'meta.function-call.generic'],
  type: ['entity.name.type', 'support.type', 'support.class'],
  literal: ['constant.numeric', 'constant.language'],
  string: ['string'],
  comment: ['comment'],
};

/** A theme whose colours are the names of the kinds. */
const theme = {
  name: 'kinds',
  fg: 'var(--plain)',
  bg: 'var(--none)',
  settings: Object.entries(kinds).map(([kind, scope]) => ({ scope, settings: { foreground: `var(--${kind})` } })),
};

function kindOf({ content, color = '' }) {
  const kind = /^var\(--(.+)\)$/.exec(color)?.[1];
  if (kind === 'function' && /^[A-Z]/.test(content)) return 'type'; // Python's grammar knows no `new`.
  return kind === 'plain' ? undefined : kind;
}

/** @returns {import('./listing.ts').Token[]} the tokens of a line; neighbours of one kind are one */
function merge(tokens) {
  const merged = [];
  for (const token of tokens) {
    const { content } = token;
    const kind = content.trim() === '' ? merged.at(-1)?.[1] : kindOf(token);
    const last = merged.at(-1);
    if (last && last[1] === kind) last[0] += content;
    else merged.push(kind ? [content, kind] : [content]);
  }
  return merged;
}

/** @returns {import('vite').Plugin} */
export default function listings() {
  let highlighter;
  let root;

  /** A module of the build, before that puts them together, or of the server: without the demo's own console, and wherever it was built. */
  async function built(context, id) {
    const { environment } = context;
    const { code } = await (environment.mode === 'dev' ? environment.transformRequest(id) : context.load({ id }));
    return unbound(code ?? '')
      .replaceAll(root, '')
      .trim();
  }

  async function textOf(context, file, kind) {
    if (kind === 'highlight') return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n').trimEnd();
    const page = await built(context, file);
    if (kind === 'page') return page;
    const [, module, name] = /__mpStand\("([^"]+)",\s*\["([^"]+)"\]/.exec(page) ?? [];
    return built(context, `${root}/@web-multiprocessing/in-place/${module}/${name}.js`);
  }

  return {
    name: 'listings',
    enforce: 'pre',
    configResolved(config) {
      root = config.root;
    },
    load: {
      filter: { id: /\?(?:highlight|page|process)$/ },
      async handler(id) {
        const [file, kind] = id.split('?');
        this.addWatchFile(file);
        const text = await textOf(this, file, kind);
        highlighter ??= createHighlighterCore({
          themes: [theme],
          langs: [python, typescript],
          engine: createJavaScriptRegexEngine(),
        });
        const language = kind !== 'highlight' ? 'javascript' : file.endsWith('.py') ? 'python' : 'typescript';
        // No limit: on a slow machine Shiki would give up in the middle of a line.
        const options = { lang: language === 'python' ? language : 'typescript', theme: 'kinds', tokenizeTimeLimit: 0 };
        const lines = (await highlighter).codeToTokensBase(text, options).map(merge);
        return { code: `export default ${JSON.stringify({ language, text, lines })};`, moduleType: 'js', map: null };
      },
    },
  };
}
