// The syntax tree of a module, as ESTree has it and the parsers of all versions of Vite give it.

/** Stands for every name: where it cannot be told which. */
export const ANY = '*';

export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

/** The text of a literal. */
export function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  const quasis = node.type === 'TemplateLiteral' ? (node.quasis as { value: { cooked: string } }[]) : [];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

/** The name in an import, an export or a property: an identifier or a text. */
export const nameOf = (node: unknown): string => textOf(node) ?? ((node as Node).name as string);

/** The name of a property that is read or matched, if it stands there. */
export const keyOf = (key: unknown, computed: unknown): string => (computed ? (textOf(key) ?? ANY) : nameOf(key));

export function* children(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) yield* value.filter(isNode);
    else if (isNode(value)) yield value;
  }
}

/** A name after a dot, or before a colon: not that of a variable. */
export const labelOf = (node: Node): unknown =>
  node.computed === true ? undefined : node.type === 'MemberExpression' ? node.property : (node.key ?? undefined);

/** A node and all that is in it. No recursion: a sum of thousands of terms is as deep. */
export function* nodesIn(node: Node): Generator<Node> {
  const left = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    yield next;
    left.push(...children(next));
  }
}
