// The functions of a module that are written in place: those whose body begins with the directive.

import { children, type Node, nameOf, textOf } from '../tree.ts';

const DIRECTIVE = 'use multiprocessing';
const FUNCTION = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/;
const isFunction = ({ type }: Node): boolean => FUNCTION.test(type);

/** What is said of a directive that `misplacedIn` finds. */
export const MISPLACED =
  "'use multiprocessing' is not the first thing in its function, where it means nothing, and that runs here: make it the first line of the body";

/** A function that is written in place. What is inside of it is a part of its body, other such functions too. */
export interface InPlace {
  readonly node: Node;
  /** What stands around it, the nearest first. */
  readonly around: readonly Node[];
  /** As it is called in names: unique in its module. */
  readonly name: string;
  /** As functions have it: empty where it has none. */
  readonly title: string;
}

/** A refusal of the build, at a place of the module. */
export class InPlaceError extends Error {
  readonly position: number;

  constructor(message: string, node: Node) {
    super(message);
    this.position = startOf(node);
  }
}

export const startOf = (node: Node): number => node.start as number;
export const endOf = (node: Node): number => node.end as number;
export const isWithin = (node: Node, outer: Node): boolean =>
  startOf(node) >= startOf(outer) && endOf(node) <= endOf(outer);

/** The directive of a function, if it has that one. */
export function directiveOf(node: Node): Node | undefined {
  const { type, body } = node.body as Node;
  if (type !== 'BlockStatement') return undefined;
  for (const statement of body as Node[]) {
    if (typeof statement.directive !== 'string') return undefined;
    if (statement.directive === DIRECTIVE) return statement;
  }
  return undefined;
}

/** Directives in functions that stand behind another statement, or in a block of the function. */
export function misplacedIn(program: Node): Node[] {
  const found: Node[] = [];
  const left: [node: Node, isInFunction: boolean][] = [[program, false]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [node, isInFunction] = next;
    const isOne = node.type === 'ExpressionStatement' && textOf(node.expression) === DIRECTIVE;
    if (isInFunction && isOne && typeof node.directive !== 'string') found.push(node);
    for (const child of children(node)) left.push([child, isInFunction || isFunction(node)]);
  }
  return found;
}

/** All of a module, in their order. */
export function inPlaceIn(program: Node): InPlace[] {
  const found: { node: Node; around: readonly Node[] }[] = [];
  interface Chain {
    readonly node: Node;
    readonly outer: Chain | undefined;
  }
  // No recursion: a sum of thousands of terms is as deep.
  const left: Chain[] = [{ node: program, outer: undefined }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node, outer } = next;
    if (isFunction(node) && directiveOf(node)) {
      const around: Node[] = [];
      for (let at = outer; at !== undefined; at = at.outer) around.push(at.node);
      found.push({ node, around });
    } else for (const child of children(node)) left.push({ node: child, outer: next });
  }
  found.sort((one, other) => startOf(one.node) - startOf(other.node));
  const counts = new Map<string, number>();
  return found.map(({ node, around }) => {
    const title = titleOf(node, around);
    const base = title.replace(/[^\w$]/g, '_') || 'f';
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    // Not `a2` for the second `a`: there may be one.
    return { node, around, title, name: count > 1 ? `${base}-${count}` : base };
  });
}

/** The name that the function has where it stands. */
function titleOf(node: Node, around: readonly Node[]): string {
  const own = node.id as Node | null;
  if (own) return nameOf(own);
  const { type, id, key, left, computed } = (around[0] ?? node) as unknown as Record<string, Node> & Node;
  switch (type) {
    case 'VariableDeclarator':
      return id?.type === 'Identifier' ? nameOf(id) : '';
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return computed || key === undefined || key.type === 'Literal' ? (textOf(key) ?? '') : nameOf(key);
    case 'AssignmentExpression':
      return left?.type === 'Identifier' ? nameOf(left) : '';
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return '';
  }
}

/** The method that a function is of, where it is one. */
export const methodOf = ({ around: [outer] }: InPlace): Node | undefined =>
  outer?.type === 'MethodDefinition' || (outer?.type === 'Property' && outer.method === true) ? outer : undefined;
