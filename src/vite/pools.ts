// Which variables and fields of a module are plainly pools: all that they are ever given is `new Pool(...)`.

import { type Node, nameOf, nodesIn } from './tree.ts';

/** `new Pool()`, `new mp.Pool()`, or what awaits one. */
function makesPool(node: Node): boolean {
  if (node.type === 'AwaitExpression') return makesPool(node.argument as Node);
  if (node.type !== 'NewExpression') return false;
  const { type, name, property, computed } = node.callee as Node;
  return type === 'Identifier'
    ? name === 'Pool'
    : type === 'MemberExpression' && !computed && nameOf(property) === 'Pool';
}

/** What a variable, or a field of `this`, goes by; `undefined` for anything else. */
function placeOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name as string;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  return (node.object as Node).type === 'ThisExpression' ? fieldOf(node.property as Node) : undefined;
}

const fieldOf = (key: Node): string => `${key.type === 'PrivateIdentifier' ? 'this.#' : 'this.'}${nameOf(key)}`;

/** Tells which expressions of a module are pools. Scopes are not told apart: what has the name of another thing is none. */
export function poolsIn(program: Node): (node: Node) => boolean {
  const pools = new Map<string, boolean>();
  const note = (place: string | undefined, isPool: boolean): void => {
    if (place !== undefined) pools.set(place, isPool && pools.get(place) !== false);
  };
  const noteOther = (pattern: unknown): void => {
    if (pattern) for (const node of nodesIn(pattern as Node)) note(placeOf(node), false);
  };
  const give = (target: Node, value: Node): void => {
    const place = placeOf(target);
    if (place === undefined) noteOther(target);
    else note(place, makesPool(value));
  };
  for (const node of nodesIn(program)) {
    const { id, init, left, right, key, value, params, param, local } = node as unknown as Record<string, Node | null>;
    switch (node.type) {
      case 'VariableDeclarator':
        if (init) give(id as Node, init);
        else if (id?.type !== 'Identifier') noteOther(id);
        break;
      case 'AssignmentExpression':
        give(left as Node, right as Node);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        noteOther(left);
        break;
      case 'PropertyDefinition':
        if (value && !node.computed) note(fieldOf(key as Node), makesPool(value));
        break;
      default:
        if (!/Function|^Class|^Catch|^Import\w*Specifier/.test(node.type)) break;
        for (const pattern of [id, param, local, ...((params ?? []) as Iterable<Node>)]) noteOther(pattern);
    }
  }
  return (node) => makesPool(node) || pools.get(placeOf(node) ?? '') === true;
}
