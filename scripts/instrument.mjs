// A Vite plugin for tests: the library's own source, with its steps made visible. Nothing of it is published.
//
//   import './x.ts?explored'          a separate instance of src/, in which every function that touches shared memory is a
//                                     generator and yields before each access: test/explore/ runs it under a scheduler
//   import './x.ts?fault=name&explored'   the same with one fault planted (test/explore/faults.mjs)
//
// Where each function that steps becomes `function*`, each call of one becomes `(yield* f())`. Lines stay where they are.
// What cannot be a generator (async functions, callbacks of builtins, setters) throws when it is run; constructors and
// field initializers run to their end in one step.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { faults, settings } from '../test/explore/faults.mjs';
import { stepsOf } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replaceAll('\\', '/');
const MARK = /[?&]explored\b/;
const ours = (pattern) => (path) => path.startsWith(root) && pattern.test(path.slice(root.length));
/** What is instrumented; the rest of src/ is only another instance. */
const isInstrumented = ours(
  /^(src\/(base|memory|sync|data|managers\/kept_replies)|test\/explore\/(scenarios|machine))\b/,
);
const isReplicated = ours(/^(src|test\/explore\/(scenarios|machine))\b/);
const RUNTIME = `import { $after, $now, $refuse, $world } from '/test/explore/world.ts';`;

/** @returns {import('vite').Plugin} */
export function explored() {
  const instances = new Map();
  return {
    name: 'explored',
    enforce: 'pre',
    async resolveId(source, importer) {
      const query = importer && MARK.test(importer) && /\?.*$/.exec(importer)?.[0];
      if (!query || MARK.test(source)) return null;
      const resolved = await this.resolve(source, importer.replace(query, ''), { skipSelf: true });
      return resolved && isReplicated(resolved.id) && !resolved.id.includes('?') ? resolved.id + query : resolved;
    },
    async transform(code, id) {
      const [path, query = ''] = id.split('?');
      if (!MARK.test(`?${query}`)) return null;
      if (!isInstrumented(path)) return { code: replaced(path, code, settings), map: null };
      const fault = new URLSearchParams(query).get('fault') ?? '';
      let instance = instances.get(fault);
      if (!instance?.isFresh()) {
        const { default: ts } = await import('typescript');
        instance = analyse(ts, fault);
        instances.set(fault, instance);
      }
      return { code: instance.emit(path), map: { mappings: '' } };
    },
  };
}

/** The text of a file with what `replacements` say about it; throws where the text they replace is not there once. */
function replaced(path, text, replacements) {
  for (const { file, from, to } of replacements) {
    if (path !== root + file) continue;
    if (text.split(from).length !== 2)
      throw new Error(`${file} must have exactly once the text to be replaced: ${from}`);
    if (to.split('\n').length !== from.split('\n').length) throw new Error(`${file}: lines must stay: ${to}`);
    text = text.replace(from, () => to);
  }
  return text;
}

const parsed = new Map();

/** @param {typeof import('typescript')} ts */
function analyse(ts, fault) {
  if (fault && !(fault in faults)) throw new Error(`There is no fault "${fault}" in test/explore/faults.mjs.`);
  const replacements = [...settings, ...(fault ? [faults[fault]] : [])];
  const { options } = /** @type {any} */ (
    ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, {}, /** @type {any} */ (ts.sys))
  );
  const read = (path) => replaced(path, readFileSync(path, 'utf8'), replacements);
  const host = ts.createCompilerHost(options);
  host.getSourceFile = (path, settings) => {
    const text = read(path);
    const known = parsed.get(path);
    if (known?.text === text) return known;
    const file = ts.createSourceFile(path, text, settings, true);
    parsed.set(path, file);
    return file;
  };
  const roots = ts.sys
    .readDirectory(root, ['.ts'], undefined, ['src', 'test/explore'])
    .filter((path) => isInstrumented(path));
  const program = ts.createProgram(roots, options, host);
  const { files, ...steps } = stepsOf(ts, program, isInstrumented);
  const { calleeOf, declarationOf, enclosing, isFunction, isGenerator, keyOf, outer, primitive, stepping } = steps;

  function emit(path) {
    const file = program.getSourceFile(path);
    if (!file) throw new Error(`${path} is not among what was analysed.`);
    /** Text to put in, by position: what closes there, then what opens there. */
    const closes = new Map();
    const opens = new Map();
    /** Ranges to leave out. */
    const gaps = [];
    const open = (at, text) => opens.set(at, [...(opens.get(at) ?? []), text]);
    const close = (at, text) => closes.set(at, [text, ...(closes.get(at) ?? [])]);
    const wrap = (node, before, after = ')') => {
      open(node.getStart(), before);
      close(node.getEnd(), after);
    };
    const place = (node) =>
      `${path.slice(root.length)}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    const label = (node) => {
      let fn = enclosing(node);
      while (fn && !keyOf(fn).name) fn = enclosing(fn);
      const name = fn ? keyOf(fn).name.getText() : '';
      return JSON.stringify(`${place(node).replace(/^.*\//, '')} ${name}: ${node.getText().split('\n')[0]}`);
    };
    /** How steps are taken in the function around a node: 'yield', 'now' where there is no yielding, or not at all. */
    const mode = (node) => {
      const fn = enclosing(node);
      if (fn === undefined) return 'now';
      return isGenerator(fn) || stepping.has(keyOf(fn)) ? 'yield' : 'never';
    };

    function generate(fn) {
      if (ts.isArrowFunction(fn)) {
        open(fn.getStart(), '(function*');
        gaps.push([fn.equalsGreaterThanToken.getStart(), fn.equalsGreaterThanToken.getEnd()]);
        close(fn.getEnd(), /\bthis\b/.test(fn.body.getText()) ? ').bind(this)' : ')');
        if (!ts.isBlock(fn.body)) wrap(fn.body, '{ return ', '}');
      } else if (ts.isGetAccessor(fn)) {
        const start = fn.name.getStart();
        gaps.push([fn.getText().indexOf('get ') + fn.getStart(), start]);
        open(start, '*$get_');
      } else if (ts.isMethodDeclaration(fn)) {
        if (fn.body) open(fn.name.getStart(), '*');
      } else if (fn.body) {
        const keyword = fn.getChildren().find(({ kind }) => kind === ts.SyntaxKind.FunctionKeyword);
        close(keyword.getEnd(), '*');
      }
    }

    function refuse(fn) {
      if (!fn.body) return;
      const call = `$refuse(${JSON.stringify(`${place(fn)}: this function cannot be explored`)})`;
      if (ts.isBlock(fn.body)) close(fn.body.getStart() + 1, `${call};`);
      else wrap(fn.body, `(${call}, `);
    }

    function visit(node) {
      if (ts.isTypeNode(node)) return;
      if (isFunction(node) && !ts.isConstructorDeclaration(node) && !isGenerator(node)) {
        if (steps.refused.has(keyOf(node))) return refuse(node);
        if (stepping.has(keyOf(node))) generate(node);
      }
      const how = mode(node);
      if (how !== 'never') instrument(node, how === 'yield');
      ts.forEachChild(node, visit);
    }

    function instrument(node, yields) {
      if (steps.isAtomics(node)) {
        // Behind the last argument: evaluated after all others, ignored by the builtin.
        if (yields) close(node.arguments.at(-1).getEnd(), `, yield ${label(node)}`);
      } else if (primitive(node)) {
        gaps.push([node.expression.getStart(), node.expression.getEnd()]);
        const {
          arguments: [argument],
        } = node;
        open(argument.getStart(), `${primitive(node)} `);
      } else if (steps.isShared(node) || steps.isFirstBytes(node)) {
        if (!yields) return;
        const { parent } = outer(node);
        if (steps.isWrite(node)) wrap(parent.right, '$after(', `, yield ${label(parent)})`);
        else wrap(steps.isUpdate(node) ? parent : node, `(yield ${label(node)}, `);
      } else if (ts.isCallExpression(node) && stepping.has(calleeOf(node))) {
        // Of nothing there is nothing to run.
        if (ts.isOptionalChain(node)) wrap(node, yields ? '(yield* (' : '$now((', ' ?? []))');
        else wrap(node, yields ? '(yield* ' : '$now(');
      } else if (ts.isPropertyAccessExpression(node) && stepping.has(declarationOf(node.name))) {
        if (!ts.isGetAccessor(declarationOf(node.name))) return;
        open(node.name.getStart(), '$get_');
        wrap(node, yields ? '(yield* ' : '$now(', '())');
      }
    }

    visit(file);
    const marks = new Set([...opens.keys(), ...closes.keys(), ...gaps.flat()]);
    let code = RUNTIME;
    let from = 0;
    for (const at of [...marks, file.text.length].sort((a, b) => a - b)) {
      if (!gaps.some(([start, end]) => start <= from && at <= end && from < end)) code += file.text.slice(from, at);
      code += (closes.get(at) ?? []).join('') + (opens.get(at) ?? []).join('');
      from = at;
    }
    return code;
  }

  const isFresh = () => files.every(({ fileName, text }) => read(fileName) === text);
  return { emit, isFresh };
}
