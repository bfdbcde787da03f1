// Builds an example of the documents as an app of its own, in which each `console.log()` also says where it stands.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { build } from 'vite';
import type { App, Block } from '../../scripts/examples.mjs';
import { shared } from '../../scripts/vite.mjs';
import multiprocessing from '../../src/vite.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

export interface Expectation {
  /** `README.md:61` */
  readonly place: string;
  readonly text: string;
}

/** An app of these sources, by path. */
export function appOf(id: string, sources: Record<string, string>): App {
  const files = new Map(
    Object.entries(sources).map(([file, code]): [string, Block] => [
      file,
      { document: file, line: 1, language: 'ts', code, file, note: undefined, section: '' },
    ]),
  );
  return { id, title: id, own: files, files };
}

interface Call {
  readonly place: string;
  /** Where the arguments begin and end. */
  readonly from: number;
  readonly to: number;
  /** The comment at the end of the line on which the call ends. */
  readonly comment: string | undefined;
}

/** The calls of `console.log()`, from the last to the first. */
function callsOf({ code, document, line }: Block): Call[] {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'console.log' || !node.arguments.length) return;
    const last = source.getLineAndCharacterOfPosition(node.end).line;
    calls.push({
      place: `${document}:${line + last}`,
      from: node.arguments.pos,
      to: node.arguments.end,
      comment: commentAfter(code, node.end),
    });
  };
  visit(source);
  return calls.sort((a, b) => b.from - a.from);
}

function commentAfter(code: string, end: number): string | undefined {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, code, undefined, end);
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.NewLineTrivia) return undefined;
    if (token === ts.SyntaxKind.SingleLineCommentTrivia) return scanner.getTokenText().slice(2).trim();
  }
  return undefined;
}

const PAGE = `<!doctype html>
<meta charset="utf-8" />
<title>Example</title>
<script type="module" src="/src/main.ts"></script>
`;

/** Writes and builds an app; answers where it was built, and what is to be printed. */
export async function buildApp(app: App): Promise<{ folder: string; expectations: Expectation[] }> {
  const root = join(repository, '.cache/examples-run', app.id);
  const expectations = new Map<string, Expectation>();
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  rmSync(root, { recursive: true, force: true });
  write('index.html', PAGE);
  // Of its own, or it counts as a part of this package, whose modules have no side effects.
  write('package.json', '{ "private": true, "type": "module" }\n');
  let hasExecutable = false;
  for (const [file, block] of app.files) {
    let { code } = block;
    hasExecutable ||= code.includes('setExecutable(');
    if (block.language !== 'html') {
      for (const { place, from, to, comment } of callsOf(block)) {
        code = `${code.slice(0, from)}...printed('${place}', ${code.slice(from, to)})${code.slice(to)}`;
        if (comment !== undefined) expectations.set(place, { place, text: comment });
      }
      const tool = relative(dirname(join(root, file)), join(here, 'printed.ts'));
      if (code !== block.code) code += `\nimport { printed } from '${tool}';\n`;
    }
    write(file, code);
  }
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    resolve: shared.resolve,
    worker: shared.worker,
    // With an executable of its own an example needs no plugin.
    plugins: [hasExecutable ? [] : multiprocessing(), finished],
    build: { target: 'es2022', assetsInlineLimit: 0 },
  });
  return { folder: join(root, 'dist'), expectations: [...expectations.values()] };
}

/** Runs after the example, in the same page. */
const finished = {
  name: 'finished',
  transformIndexHtml: {
    order: 'pre' as const,
    handler: () => [
      { tag: 'script', attrs: { type: 'module', src: join(here, 'finished.ts') }, injectTo: 'body' as const },
    ],
  },
};

/** Alike but for quotes, commas and spaces; `…` stands for anything. After `e.g.` comes what may differ. */
export function matches(expected: string, text: string): boolean {
  if (expected.startsWith('e.g. ')) return true;
  const parts = expected.split(/…|\.{3}/).map((part) => plain(part).replaceAll(/[$(-+.?[-^{|}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(plain(text));
}

const plain = (text: string): string =>
  text
    .replaceAll(/['"`]/g, '')
    .replaceAll(/[\s,]+/g, ' ')
    .replaceAll(/ ?([[\](){}:]) ?/g, '$1')
    .trim();
