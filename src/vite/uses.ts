// What a module does with the functions of another: whether it only hands them over, to be run in processes.

import { poolsIn } from './pools.ts';
import { ANY, children, keyOf, labelOf, type Node, nameOf, textOf } from './tree.ts';

/** Handed over, to be run in a process; called; anything else, after which it may be anywhere. */
export const HANDED = 0;
export const CALLED = 1;
export const ELSEWHERE = 2;
export type Use = typeof HANDED | typeof CALLED | typeof ELSEWHERE;

/** Methods that only pools have, and those that others have, too: their first argument runs in a process. */
const OF_POOLS = /^(?:(?:apply|map|starmap)(?:Async|Sync)|starmap|imap(?:Unordered)?(?:Sync)?)$/;
const OF_OTHERS = /^(?:map|apply)$/;
/** Properties of what the constructors of processes and pools are given. */
const OF_OPTIONS = /^(?:target|initializer)$/;

/** What a call or a construction hands over to processes. */
export function* handedBy(node: Node, isPool: (node: Node) => boolean): Generator<Node> {
  const { callee, arguments: list } = node as unknown as { callee: Node; arguments: Node[] };
  if (node.type === 'CallExpression') {
    if (callee.type !== 'MemberExpression' || callee.computed || list[0] === undefined) return;
    const method = nameOf(callee.property);
    if (OF_POOLS.test(method) || (OF_OTHERS.test(method) && isPool(callee.object as Node))) yield list[0];
  } else if (node.type === 'NewExpression') {
    for (const { type, properties } of list) {
      if (type !== 'ObjectExpression') continue;
      for (const { type, key, computed, value } of properties as Node[]) {
        if (type !== 'Property') continue;
        const name = keyOf(key, computed);
        if (OF_OPTIONS.test(name)) yield value as Node;
        else if (name === 'preload' && (value as Node).type === 'ArrayExpression') yield* children(value as Node);
      }
    }
  }
}

/** Stands for the module itself, among those that it takes functions of. */
export const SELF = '';

/**
 * What a module does at most with what it takes of others, by the text in its imports, and of what it exports itself: `own`, by
 * their local names. Scopes are not told apart: a variable of the same name is taken for the function.
 */
export function usesIn(program: Node, own: Iterable<string> = []): Map<string, Use> {
  const uses = new Map<string, Use>();
  const note = (source: string, use: Use): void => {
    uses.set(source, Math.max(use, uses.get(source) ?? HANDED) as Use);
  };
  /** Where the variables of the module come from. */
  const functions = new Map([...own].map((name) => [name, SELF]));
  const namespaces = new Map<string, string>();
  const body = program.body as Node[];
  for (const { type, source, specifiers } of body) {
    const text = textOf(source);
    if (text === undefined) continue;
    const list = (specifiers ?? []) as Node[];
    // Whoever imports nothing of it wants what it does when it is evaluated.
    note(text, type === 'ImportDeclaration' && list.length > 0 ? HANDED : ELSEWHERE);
    if (type !== 'ImportDeclaration') continue;
    for (const { type: kind, local } of list)
      (kind === 'ImportNamespaceSpecifier' ? namespaces : functions).set(nameOf(local), text);
  }

  /** The module that a function is of, where this is one. */
  const sourceOf = (node: Node | undefined): string | undefined => {
    if (node?.type === 'Identifier') return functions.get(node.name as string);
    if (node?.type !== 'MemberExpression' || keyOf(node.property, node.computed) === ANY) return undefined;
    const { type, name } = node.object as Node;
    return type === 'Identifier' ? namespaces.get(name as string) : undefined;
  };
  const isPool = poolsIn(program);

  /** The functions that a call or a construction hands over, and what is called. */
  function* taken(node: Node): Generator<[node: Node, use: Use]> {
    if (node.type === 'CallExpression' && sourceOf(node.callee as Node) !== undefined)
      yield [node.callee as Node, CALLED];
    for (const each of handedBy(node, isPool)) yield [each, HANDED];
  }

  const seen = new Set<unknown>();
  const left = body.filter(({ type }) => type !== 'ImportDeclaration');
  // No recursion: a sum of thousands of terms is as deep.
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    for (const [part, use] of taken(node)) {
      const source = sourceOf(part);
      if (source === undefined) continue;
      note(source, use);
      seen.add(part);
    }
    if (seen.has(node)) continue;
    const source = sourceOf(node) ?? (node.type === 'Identifier' ? namespaces.get(node.name as string) : undefined);
    if (source !== undefined) {
      note(source, ELSEWHERE);
      continue;
    }
    const passed = new Set([labelOf(node), ...namedBy(node)]);
    const required = node.type === 'CallExpression' && (node.callee as Node).name === 'require';
    if (required) note(textOf((node.arguments as Node[])[0]) ?? ANY, ELSEWHERE);
    left.push(...[...children(node)].filter((child) => !passed.has(child)));
  }
  return uses;

  /** What only says how a variable is called, here or for others. */
  function namedBy({ type, id, local, exported, declaration }: Node): unknown[] {
    if (/Function|^Class/.test(type) || (type === 'VariableDeclarator' && (id as Node).type === 'Identifier'))
      return [id];
    const isOwn = (node: unknown): boolean => functions.get((node as Node | undefined)?.name as string) === SELF;
    if (type === 'ExportSpecifier') return isOwn(local) ? [local, exported] : [exported];
    if (type === 'ExportDefaultDeclaration' && isOwn(declaration)) return [declaration];
    return [];
  }
}

/** A function that a module exports. */
export interface Exported {
  /** As the module itself calls it; several exports may be one function. */
  readonly local: string;
  readonly name: string;
  readonly length: number;
}

const FUNCTION = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;

/** What a module exports, by name, where that is functions and nothing else; `undefined` otherwise. */
export function functionsIn({ body }: Node): Map<string, Exported> | undefined {
  const functions = new Map<string, Exported>();
  const exported = new Map<string, string>();
  const add = (local: string, node: Node, called = local): void => {
    const first = (node.params as Node[]).findIndex(({ type }) => /^(?:AssignmentPattern|RestElement)$/.test(type));
    const length = first < 0 ? (node.params as Node[]).length : first;
    functions.set(local, { local, name: ((node.id as Node | null)?.name as string | undefined) ?? called, length });
  };
  /** Notes the functions of a statement. @returns all names that it declares, as far as they are known. */
  const declared = (node: Node | null): (string | undefined)[] => {
    if (node === null) return [];
    if (node.type === 'FunctionDeclaration') {
      add(nameOf(node.id), node);
      return [nameOf(node.id)];
    }
    if (node.type !== 'VariableDeclaration') return [undefined];
    return (node.declarations as Node[]).map(({ id, init }) => {
      if ((id as Node).type !== 'Identifier') return undefined;
      if (node.kind === 'const' && FUNCTION.test((init as Node | null)?.type ?? '')) add(nameOf(id), init as Node);
      return nameOf(id);
    });
  };
  for (const node of body as Node[]) {
    if (node.type === 'ExportAllDeclaration') return undefined;
    if (node.type === 'ExportDefaultDeclaration') {
      const it = node.declaration as Node;
      const local =
        it.type === 'Identifier' ? nameOf(it) : (((it.id as Node | null)?.name as string | undefined) ?? '*default');
      if (FUNCTION.test(it.type)) add(local, it, 'default');
      exported.set('default', local);
    } else if (node.type === 'ExportNamedDeclaration') {
      if (node.source) return undefined;
      for (const name of declared(node.declaration as Node | null)) {
        if (name === undefined) return undefined;
        exported.set(name, name);
      }
      for (const { local, exported: as } of node.specifiers as Node[]) exported.set(nameOf(as), nameOf(local));
    } else if (/^(?:Function|Variable)Declaration$/.test(node.type)) declared(node);
  }
  const found = [...exported].map(([name, local]) => [name, functions.get(local)] as const);
  return found.length > 0 && found.every(([, it]) => it !== undefined)
    ? new Map(found as [string, Exported][])
    : undefined;
}
