// A Vite plugin for the killing campaign (scripts/campaign.mjs): every access of the library to shared memory becomes a
// step, at which a process can be stopped and killed. Nothing of it is published.
//
//   Atomics.store(words, at, 1)     Atomics.store(words, at, 1, $step(17))     the builtin ignores what it does not know
//   words.set(held, at)             words.set(held, at, $step(18))             likewise
//   words[at] = value               words[at] = $after(value, $step(19))
//   words[at]++                     words[$after(at, $step(20))]++
//
// The steps are numbered from 0, in the order of the files and their text, so that all bundles of a build agree on them;
// `import labels from 'virtual:labels'` gives their names.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { faults } from '../test/campaign/faults.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = [
  'src/memory',
  'src/sync',
  'src/sync/by_memory',
  'src/data',
  'src/data/by_memory',
  'test/campaign/roles',
];
const LABELS = 'virtual:labels';
const RUNTIME = `import { after as $after, step as $step } from '${root}test/campaign/step.ts';`;

/** What shared memory is called in these files. Plain accesses of other arrays are nobody else's business. */
const SHARED = /^(this\.#?)?(words|depth|all|units|bytes)$/;
/** What a process does only once it has been terminated. */
const LAST = ['endHere', 'finish'];
const WRITERS = ['set', 'fill', 'copyWithin'];

/** The text of a file, with the fault in it that it is to have. */
function read(path, fault) {
  const text = readFileSync(root + path, 'utf8');
  if (!fault || faults[fault].file !== path) return text;
  const { from, to } = faults[fault];
  if (text.split(from).length !== 2) throw new Error(`${path} must have exactly once the text to be replaced: ${from}`);
  return text.replace(from, () => to);
}

/** The text of a file with its steps; their names are added to `labels`. */
function instrumented(path, labels, fault) {
  const text = read(path, fault);
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const inserts = [];
  const insert = (at, what) => inserts.push({ at, what });

  function step(node) {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    let fn = node;
    while (fn && !(ts.isFunctionLike(fn) && fn.name)) fn = fn.parent;
    const short = path.replace(/^src\//, '').replace(/^test\/campaign\//, '');
    labels.push(`${short}:${line + 1} ${fn?.name?.getText() ?? ''}: ${node.getText().split('\n')[0].slice(0, 60)}`);
    return `$step(${labels.length - 1})`;
  }

  /** A loop over the bytes of an item is no place for a step at each of them. */
  const inByteLoop = (node) => {
    if (!/bytes|units/.test(node.expression.getText())) return false;
    for (let at = node.parent; at && !ts.isFunctionLike(at); at = at.parent) if (ts.isForStatement(at)) return true;
    return false;
  };
  const isShared = (node) =>
    ts.isElementAccessExpression(node) && SHARED.test(node.expression.getText()) && !inByteLoop(node);

  function visit(node) {
    if (ts.isTypeNode(node) || (ts.isFunctionDeclaration(node) && LAST.includes(node.name?.text ?? ''))) return;
    ts.forEachChild(node, visit);
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const of = node.expression.expression.getText();
      const isWriter = SHARED.test(of) && WRITERS.includes(node.expression.name.text);
      if (of === 'Atomics' || isWriter) insert(node.arguments.at(-1).getEnd(), `, ${step(node)}`);
    } else if (ts.isBinaryExpression(node) && isShared(node.left)) {
      if (node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return;
      insert(node.right.getStart(), '$after(');
      insert(node.right.getEnd(), `, ${step(node)})`);
    } else if (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) {
      if (node.operator !== ts.SyntaxKind.PlusPlusToken && node.operator !== ts.SyntaxKind.MinusMinusToken) return;
      let { operand } = node;
      if (ts.isNonNullExpression(operand)) operand = operand.expression;
      if (!isShared(operand)) return;
      insert(operand.argumentExpression.getStart(), '$after(');
      insert(operand.argumentExpression.getEnd(), `, ${step(node)})`);
    }
  }
  visit(file);

  let code = RUNTIME;
  let from = 0;
  // A stable sort: children come before what they are in, so closing parts nest rightly.
  for (const { at, what } of inserts.sort((a, b) => a.at - b.at)) {
    code += text.slice(from, at) + what;
    from = at;
  }
  return code + text.slice(from);
}

/**
 * @param {string} [fault] one of test/campaign/faults.mjs, to be planted.
 * @returns {import('vite').Plugin}
 */
export function stops(fault) {
  if (fault && !(fault in faults)) throw new Error(`There is no fault "${fault}": ${Object.keys(faults).join(', ')}`);
  const labels = [];
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(root + folder)
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => `${folder}/${name}`),
  );
  const codes = new Map(files.map((path) => [root + path, instrumented(path, labels, fault)]));
  return {
    name: 'stops',
    enforce: 'pre',
    resolveId: (source) => (source === LABELS ? `\0${LABELS}` : null),
    load: (id) => (id === `\0${LABELS}` ? `export default ${JSON.stringify(labels)};` : null),
    transform(_code, id) {
      const code = codes.get(id);
      return code === undefined ? null : { code, map: { mappings: '' } };
    },
  };
}
