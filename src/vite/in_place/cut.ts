// A module with functions that are written in place becomes several: what is left of it, where a call stands for each of them, and a
// module for each.

import type { ScopeManager, Variable } from 'eslint-scope';
import MagicString from 'magic-string';
import { bodyStart } from '../directive.ts';
import { type Node, nameOf, nodesIn } from '../tree.ts';
import { handedBy } from '../uses.ts';
import { type Captures, capturesOf, isOnlyIn, keptIn, scopesOf } from './captures.ts';
import { directiveOf, endOf, type InPlace, inPlaceIn, methodOf, startOf } from './find.ts';
import { checkOutside } from './outside.ts';

export interface Cut extends InPlace, Captures {
  /** Nobody has it but who is handed it, to run it. */
  readonly isHanded: boolean;
}

/** A module and what is written in place in it. */
export interface Module {
  readonly code: string;
  readonly program: Node;
  readonly functions: readonly Cut[];
  /** Variables of imports that nothing but these functions use. */
  readonly spare: readonly Variable[];
}

/** @throws InPlaceError where a function cannot run elsewhere. */
export function moduleOf(code: string, program: Node): Module {
  const found = inPlaceIn(program);
  if (found.length === 0) return { code, program, functions: [], spare: [] };
  const scopes = scopesOf(program);
  const handed = new Set([...nodesIn(program)].flatMap((node) => [...handedBy(node, () => true)]));
  const kept = keptIn(program, scopes, found);
  const functions = found.map((each) => {
    checkOutside(each);
    return { ...each, ...capturesOf(each, scopes, kept), isHanded: isHanded(each, scopes, handed) };
  });
  const variables = scopes.scopes.find(({ type }) => type === 'module')?.variables ?? [];
  const spare = variables.filter((one) => one.defs[0]?.type === 'ImportBinding' && isOnlyIn(one, found));
  return { code, program, functions, spare };
}

/** Whether a function, or all that is said of the variable that has it, is handed over where it stands. */
function isHanded({ node, around }: InPlace, scopes: ScopeManager, handed: ReadonlySet<unknown>): boolean {
  const [outer] = around;
  if (handed.has(node)) return true;
  if (/^Export/.test(outer?.type ?? '') || /^Export/.test(around[2]?.type ?? '')) return false;
  const holder = node.type === 'FunctionDeclaration' ? node : outer;
  if (holder?.type !== 'FunctionDeclaration' && holder?.type !== 'VariableDeclarator') return false;
  const [variable] = scopes.getDeclaredVariables(holder as never);
  const uses = variable?.references.filter(({ init }) => init !== true) ?? [];
  return uses.length > 0 && uses.every(({ identifier }) => handed.has(identifier));
}

const quoted = (text: string): string => JSON.stringify(text);

/** What is imported: `a as b`, `default as b`, `* as b`. */
function clauseOf({ type, imported, local }: Node): string {
  const name = nameOf(local);
  if (type === 'ImportNamespaceSpecifier') return `* as ${name}`;
  const its = type === 'ImportDefaultSpecifier' ? 'default' : nameOf(imported);
  return `{ ${its === name ? name : `${/^[\w$]+$/.test(its) ? its : quoted(its)} as ${name}`} }`;
}

/** The source of an import, with its attributes. */
const sourceOf = (code: string, declaration: Node): string =>
  code.slice(startOf(declaration.source as Node), endOf(declaration)).replace(/;\s*$/, '');

/** The module of one of the functions: `f` rebuilds it of what it takes along. */
export function bodyOf({ code }: Module, it: Cut, id: string, module: string): MagicString {
  const { node, title, self, values, imports } = it;
  const imported = imports.map(({ defs: [first] }) => {
    return `import ${clauseOf(first?.node as unknown as Node)} from ${sourceOf(code, first?.parent as unknown as Node)};\n`;
  });
  const text = new MagicString(code);
  const directive = directiveOf(node) as Node;
  text.remove(startOf(directive), endOf(directive));
  text.remove(0, startOf(node)).remove(endOf(node), code.length);
  let before = `return { ${quoted(title)}: `;
  let after = ` }[${quoted(title)}];`;
  if (methodOf(it)) {
    before = `return { ${node.async ? 'async ' : ''}${node.generator ? '*' : ''}${quoted(title)}`;
  } else if (node.type === 'FunctionDeclaration' || (self === undefined && node.id)) {
    before = node.id && node.type === 'FunctionDeclaration' ? '' : 'return ';
    after = node.id && node.type === 'FunctionDeclaration' ? `\nreturn ${nameOf(node.id)};` : ';';
  } else if (self !== undefined) {
    before = `const ${self} = `;
    after = `;\nreturn ${self};`;
  }
  text.prepend(
    `${imported.join('')}class __mpF { static [Symbol.for('web-multiprocessing.rebuild')]({ ${values.join(', ')} }) {\n${before}`,
  );
  // A process may have it from another module that it has loaded.
  text.append(`${after}
} }
export { __mpF as f };
globalThis[Symbol.for('web-multiprocessing.register')]?.({ ${quoted(module)}: __mpModule });
import * as __mpModule from ${quoted(id)};
`);
  return text;
}

/** What is left of a module; `own` is its name, `version` changes with its functions. */
export function restOf(
  module: Module,
  own: string,
  version: string,
  helper: string,
  bodies: readonly string[],
): MagicString {
  const { code, program, functions, spare } = module;
  const text = new MagicString(code);
  const names = functions.map((_, i) => `__mp${i}`);
  const made = functions.map((it, i) => {
    const first = (it.node.params as Node[]).findIndex(({ type }) => /^(?:AssignmentPattern|RestElement)$/.test(type));
    const length = first < 0 ? (it.node.params as Node[]).length : first;
    return `__mpPlace(${names[i]}, ${quoted(it.title)}, ${length}, () => ({ ${it.values.join(', ')} }))`;
  });
  const begin = bodyStart(code);
  const given = bodies.map((_, i) => `__mpF${i}`);
  const call = `__mpStand(${quoted(own)}, ${JSON.stringify(functions.map(({ name }) => name))}, ${quoted(version)}, [${given.join(', ')}])`;
  text.appendLeft(begin, `const [${names.join(', ')}] = ${call};`);
  functions.forEach((it, i) => {
    replace(text, module, it, made[i] as string, begin);
  });
  for (const declaration of program.body as Node[]) {
    if (declaration.type !== 'ImportDeclaration') continue;
    const specifiers = declaration.specifiers as Node[];
    const left = specifiers.filter((each) => !spare.some(({ defs: [first] }) => (first?.node as unknown) === each));
    if (left.length === specifiers.length) continue;
    const its = left.map((each) => `import ${clauseOf(each)} from ${sourceOf(code, declaration)};`);
    if (its.length === 0) text.remove(startOf(declaration), endOf(declaration));
    else text.overwrite(startOf(declaration), endOf(declaration), its.join(' '));
  }
  text.append(`\nimport { place as __mpPlace, stand as __mpStand } from ${quoted(helper)};\n`);
  bodies.forEach((id, i) => {
    text.append(`import { f as __mpF${i} } from ${quoted(id)};\n`);
  });
  return text;
}

/** Puts what stands for a function into its place. */
function replace(text: MagicString, { code }: Module, it: InPlace, made: string, begin: number): void {
  const { node, around, title } = it;
  const [outer] = around;
  const method = methodOf(it);
  if (method?.type === 'Property') {
    text.overwrite(startOf(method), endOf(method), `${keyText(code, method)}: ${made}`);
  } else if (method !== undefined) {
    const isPrivate = (method.key as Node).type === 'PrivateIdentifier';
    const isStatic = method.static === true;
    // A method is none of the fields that are seen.
    const its = isPrivate
      ? `${isStatic ? 'static ' : ''}#${title} = ${made};`
      : `static { Object.defineProperty(this${isStatic ? '' : '.prototype'}, ${quoted(title)}, { value: ${made}, writable: true, configurable: true }); }`;
    text.overwrite(startOf(method), endOf(method), its);
  } else if (node.type !== 'FunctionDeclaration') {
    text.overwrite(startOf(node), endOf(node), made);
  } else if (!node.id) {
    text.overwrite(startOf(node), endOf(node), `${made};`);
  } else {
    declare(text, outer as Node, node, around, made, begin);
  }
}

const keyText = (code: string, { key }: Node): string => code.slice(startOf(key as Node), endOf(key as Node));

/** A declared function is there before it is come to. */
function declare(
  text: MagicString,
  outer: Node,
  node: Node,
  around: readonly Node[],
  made: string,
  begin: number,
): void {
  const name = nameOf(node.id);
  const isExported = /^Export/.test(outer.type);
  const [whole, block, owner] = isExported ? [outer, around[1], around[2]] : [node, outer, around[1]];
  const statement = (kind: string): string => `${kind} ${name} = ${made};`;
  if (block?.type === 'SwitchCase') {
    text.overwrite(startOf(node), endOf(node), statement('let'));
    return;
  }
  text.remove(startOf(whole), endOf(whole));
  if (isExported)
    text.append(`\nexport { ${outer.type === 'ExportDefaultDeclaration' ? `${name} as default` : name} };`);
  if (block?.type === 'Program') {
    text.appendLeft(begin, statement('var'));
    return;
  }
  const prologue = ((block as Node).body as Node[]).filter(({ directive }) => typeof directive === 'string').at(-1);
  const isBody = block?.type === 'StaticBlock' || /Function/.test(owner?.type ?? '');
  // Else behind the brace.
  const at = prologue ? endOf(prologue) : text.original.indexOf('{', startOf(block as Node)) + 1;
  text.appendLeft(at, statement(isBody ? 'var' : 'let'));
}
