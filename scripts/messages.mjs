// Whether docs/messages.md has every message of the sources, and no other, and whether a test brings about each that has an advice.
//
//   node scripts/messages.mjs            fails where they differ
//   node scripts/messages.mjs --list     every message, and where it is made
//
// A message is what an error is made with, also in code that the plugin writes, what is said on the console, what the plugin warns
// of, a remedy of `capabilities()`. What varies in it is `…`; where it is one of several texts that the sources have, it is each of them. A
// line of the document may put `…` for any part of a message. A test that brings it about has a part of its text.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = 'docs/messages.md';
const REST = '…';
/** How far a text is followed: through constants, functions, and what they are called with. */
const DEEPEST = 9;

/** So many characters of a message have to be in its line. */
const LEAST = 9;

/** And so many of them have to be in a test, one after another, or a whole part. */
const TESTED = 22;

/** What tests cannot bring about, or need not. */
const UNTESTED = new Set([
  // Only two versions of the library, or page and process with two modules of one name, come to that.
  'corrupted record, at byte …',
  'a pool was given … to call, which is not a function',
  "a manager's server has no method …",
  'the other side did not ask for the authkey by a … message',
  'the other side did not keep to the order of the proof',
  'this page knows no …: it and its processes have two versions of the library',
  // Only an engine that collects its garbage now, that has no more memory, or that lacks something.
  'this manager holds no object …: its last proxy is gone',
  'no room for the requests of a manager',
  'Web Locks: Allow the page to store data: …',
  // Only a module that is loaded before its worker is a process, and most are loaded later.
  'shared memory by name: this worker is not a process yet',
  // Only a build with the library as it is published, which the budgets of bundles look at.
  'this page was built without the server of managers, since none of its modules has the name getServer: write the call out, as manager.getServer()',
  'this page was built without imap() and imapUnordered(), since none of its modules has such a name: write the call out, as pool.imap(f, items)',
  // Only a death at one of few moments.
  '…: the process that had it has ended, and nobody has it any more',
  // There is nothing to do about it.
  '… (pid …) has ended: it cannot be stopped here, but nothing that it does counts',
  'Atomics.waitAsync: Use a newer browser: …',
  'Atomics.pause: Nothing needs to be done: it is a little slower.',
]);

/** @typedef {{ text: string, place: string }} Message */

const { config } = ts.readConfigFile(`${root}tsconfig.lib.json`, ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([...fileNames, `${root}src/vite.ts`], { ...options, types: ['node'] });
const checker = program.getTypeChecker();
const files = program.getSourceFiles().filter((file) => file.fileName.startsWith(`${root}src/`));

/** @param {ts.Node} node @param {(node: ts.Node) => void} look */
function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** Where that is declared which a name or a callee stands for. @param {ts.Node} node */
function declarationOf(node) {
  if (!files.includes(node.getSourceFile())) return undefined;
  const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(node) ? node.name : node);
  const its = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return its?.valueDeclaration;
}

/** The calls of each function, by its declaration. @type {Map<ts.Node, ts.CallExpression[]>} */
const calls = new Map();
for (const file of files) {
  visit(file, (node) => {
    const declaration = ts.isCallExpression(node) ? declarationOf(node.expression) : undefined;
    if (declaration && ts.isCallExpression(node)) calls.set(declaration, [...(calls.get(declaration) ?? []), node]);
  });
}

/** What a function answers. @param {ts.Node | undefined} node @returns {ts.Expression[]} */
function answersOf(node) {
  const f = node && ts.isVariableDeclaration(node) ? node.initializer : node;
  if (!f || !(ts.isArrowFunction(f) || ts.isFunctionDeclaration(f) || ts.isMethodDeclaration(f)) || !f.body) return [];
  if (!ts.isBlock(f.body)) return [f.body];
  return f.body.statements.flatMap((one) => (ts.isReturnStatement(one) && one.expression ? [one.expression] : []));
}

/** @param {string[]} some @param {string[]} others */
const joined = (some, others) => some.flatMap((one) => others.map((other) => one + other));
const isPhrase = (/** @type {string} */ text) => /\S \S/.test(text);

/** All that an expression can be, as far as the sources say. @param {ts.Expression} node @returns {string[]} */
function textsOf(node, depth = 0) {
  if (depth > DEEPEST) return [REST];
  const deeper = (/** @type {ts.Expression} */ one) => textsOf(one, depth + 1);
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return textsOf(node.expression, depth);
  if (ts.isTemplateExpression(node))
    return node.templateSpans.reduce(
      (before, span) => joined(joined(before, deeper(span.expression)), [span.literal.text]),
      [node.head.text],
    );
  if (ts.isConditionalExpression(node)) return [...new Set([...deeper(node.whenTrue), ...deeper(node.whenFalse)])];
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return joined(deeper(node.left), deeper(node.right));
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [...new Set([...deeper(node.left), ...deeper(node.right)])];
  const followed = followedFrom(node).flatMap(deeper).filter(isPhrase);
  return followed.length > 0 ? [...new Set(followed)] : [REST];
}

/** What a name stands for, or a call answers. @param {ts.Expression} node @returns {readonly ts.Expression[]} */
function followedFrom(node) {
  if (ts.isCallExpression(node)) return answersOf(declarationOf(node.expression));
  const declaration = ts.isIdentifier(node) ? declarationOf(node) : undefined;
  if (declaration === undefined || !('initializer' in declaration)) return [];
  const initial = /** @type {ts.Expression | undefined} */ (declaration.initializer);
  if (ts.isVariableDeclaration(declaration)) {
    const isConstant = ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const;
    return initial && isConstant ? [initial] : [];
  }
  if (!ts.isParameter(declaration)) return [];
  const f = declaration.parent;
  const given = calls.get(ts.isArrowFunction(f) ? f.parent : f) ?? [];
  const index = f.parameters.indexOf(declaration);
  return [...given.flatMap((call) => call.arguments[index] ?? []), ...(initial ? [initial] : [])];
}

/** Where a message is given to somebody: which argument it is. */
const SAID = /^(?:refuse|print|say)$/;
const ERROR = /(?:Error|Exception|^Empty|^Full|^ShutDown|^Kind)$/;

/** @param {ts.Node} node @returns {ts.Expression[]} */
function saidBy(node) {
  if (ts.isNewExpression(node))
    return ERROR.test(node.expression.getText()) ? [...(node.arguments ?? [])].slice(0, 1) : [];
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'text') return [node.initializer];
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    if (SAID.test(expression.getText()) || expression.kind === ts.SyntaxKind.SuperKeyword)
      return [...node.arguments].slice(0, 1);
    if (/\bconsole\.\w+$|^(?:this|context)\.warn$/.test(expression.getText())) return [...node.arguments].slice(0, 1);
  }
  return [];
}

/** The remedies of `capabilities()`, each behind its name. @param {ts.Node} node @returns {string[]} */
function remediesOf(node) {
  if (!ts.isVariableDeclaration(node) || !node.initializer) return [];
  if (node.name.getText() === 'remedy') return textsOf(node.initializer);
  if (node.name.getText() !== 'rows' || !ts.isArrayLiteralExpression(node.initializer)) return [];
  return node.initializer.elements.flatMap((row) => {
    const [name, , , , remedy] = ts.isArrayLiteralExpression(row) ? row.elements : [];
    return name && remedy ? joined(joined(textsOf(name), [': ']), textsOf(remedy)) : [];
  });
}

/**
 * What code says that the plugin writes: a text, which has to be read as code for that.
 * @param {ts.Node} node @returns {string[]}
 */
function writtenBy(node) {
  if (!ts.isTemplateLiteral(node)) return [];
  const spans = ts.isTemplateExpression(node) ? node.templateSpans : [];
  const code = ('text' in node ? node.text : node.head.text) + spans.map((span) => REST + span.literal.text).join('');
  const texts = /** @type {string[]} */ ([]);
  visit(ts.createSourceFile('written.ts', code, ts.ScriptTarget.Latest, true), (inner) => {
    texts.push(...saidBy(inner).flatMap((one) => textsOf(one)));
  });
  return texts;
}

const isSaid = (/** @type {string} */ text) => /[a-z]{2,} ?[^…]*[a-z]{2,}/i.test(text.replaceAll(REST, ' '));
const oneLine = (/** @type {string} */ text) => text.replace(/\s+/g, ' ').trim();

/** @type {Map<string, string>} */
const messages = new Map();
for (const file of files) {
  visit(file, (node) => {
    const texts = [...saidBy(node).flatMap((one) => textsOf(one)), ...remediesOf(node), ...writtenBy(node)];
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    for (const text of texts.map(oneLine).filter(isSaid)) {
      if (!messages.has(text)) messages.set(text, `${file.fileName.slice(root.length)}:${line + 1}`);
    }
  });
}

if (process.argv[2] === '--list') {
  for (const [text, place] of messages) console.log(`${place}\t${text}`);
  process.exit(0);
}

/** The messages of the document: what stands first in a row of a table, or in an item of a list. */
const lines = readFileSync(root + DOCUMENT, 'utf8').split('\n');
const rows = lines.flatMap((line, index) => {
  const text = /^(?:\||-) (`+)(.+?)\1/.exec(line)?.[2]?.replaceAll('\\|', '|');
  return text === undefined ? [] : [{ text, hasAdvice: line.startsWith('|'), place: `${DOCUMENT}:${index + 1}` }];
});

/** Whether a line tells of a message. @param {string} text */
const pattern = (text) =>
  new RegExp(
    `^${text
      .split(REST)
      .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

const patterns = rows.map((row) => ({ ...row, pattern: pattern(row.text), used: false }));
const faults = [];
for (const [text, place] of messages) {
  const its = patterns.filter((row) => row.pattern.test(text));
  for (const row of its) row.used = true;
  if (its.length === 0) faults.push(`${place}: ${DOCUMENT} has no line for: ${text}`);
}
for (const { text, place, used } of patterns) {
  if (!used) faults.push(`${place}: no source says: ${text}`);
  else if (text.replaceAll(REST, '').length < LEAST) faults.push(`${place}: this tells too little: ${text}`);
}

/** What the tests say, patterns without what escapes in them. */
const tests = ['test/unit', 'test/contract', 'e2e']
  .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${root}${folder}/${name}`))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(file, 'utf8').replaceAll('\\', ''))
  .join('\n');
for (const { text, place } of rows.filter(({ hasAdvice }) => hasAdvice)) {
  const parts = text.split(REST).map((part) => part.trim());
  const least = Math.min(TESTED, Math.max(...parts.map((part) => part.length)));
  const isTested = parts.some((part) =>
    Array.from(part, (_, at) => part.slice(at, at + least)).some((run) => run.length === least && tests.includes(run)),
  );
  if (isTested === UNTESTED.has(text))
    faults.push(`${place}: ${isTested ? 'a test does bring about' : 'no test brings about'}: ${text}`);
}

for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
