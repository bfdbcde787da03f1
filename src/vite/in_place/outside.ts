// What a function cannot take along from where it stands, and what nobody can tell of it: refused by the build.

import { children, labelOf, type Node, nameOf } from '../tree.ts';
import { type InPlace, InPlaceError, methodOf } from './find.ts';

/** What belongs to the function itself at some place in it, and not to what is around it. */
interface Inside {
  readonly self: boolean;
  readonly base: boolean;
  readonly privates: ReadonlySet<string>;
}

/** @throws InPlaceError. */
export function checkOutside(found: InPlace): void {
  const { node, title } = found;
  const method = methodOf(found);
  const called = title === '' ? 'this function' : `${title}()`;
  if (method !== undefined) checkMethod(method);

  const refuse = (at: Node, what: string): never => {
    throw new InPlaceError(
      `${what} is used by ${called}, which is to run in processes, and belongs to what is around it: put what is needed of it into a const before, and use that`,
      at,
    );
  };
  const refuseInside = (at: Node, what: string): never => {
    throw new InPlaceError(
      `${what} cannot be in ${called}, which is to run in processes, as it would be something else there: put that into a module of its own, and import it`,
      at,
    );
  };

  const isArrow = node.type === 'ArrowFunctionExpression';
  const own: Inside = { self: !isArrow, base: false, privates: new Set() };
  const left: [Node, Inside][] = [...children(node)].map((child) => [child, own]);
  // No recursion: a sum of thousands of terms is as deep.
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [at, inside] = next;
    const nested = { ...inside, self: true };
    switch (at.type) {
      case 'ThisExpression':
        if (!inside.self || (method !== undefined && inside === own)) refuse(at, 'this');
        break;
      case 'Super':
        if (!inside.base) refuse(at, 'super');
        break;
      case 'MetaProperty':
        if (nameOf(at.meta) === 'new' && !inside.self) refuse(at, 'new.target');
        if (nameOf(at.meta) === 'import') refuseInside(at, 'import.meta');
        break;
      case 'PrivateIdentifier':
        if (!inside.privates.has(nameOf(at))) refuse(at, `#${nameOf(at)}`);
        break;
      case 'CallExpression':
        if ((at.callee as Node).name === 'eval') refuseInside(at, 'eval()');
        break;
      case 'Decorator':
        refuseInside(at, 'a decorator');
    }
    const meta = at.type === 'MemberExpression' ? (at.object as Node) : undefined;
    // Those of the build are the same everywhere.
    if (meta?.type === 'MetaProperty' && nameOf(at.property) === 'env' && nameOf(meta.meta) === 'import') continue;
    if (/^Function/.test(at.type)) {
      left.push(...each(at, nested));
    } else if (/^Class(?:Declaration|Expression)$/.test(at.type)) {
      const { superClass, body } = at as unknown as { superClass: Node | null; body: Node };
      const keys = (body.body as Node[]).map(({ key }) => key as Node | undefined);
      const names = keys.filter((key) => key?.type === 'PrivateIdentifier').map(nameOf);
      const privates = new Set([...inside.privates, ...names]);
      if (superClass) left.push([superClass, { ...inside, privates }]);
      for (const member of body.body as Node[]) {
        if (member.computed) left.push([member.key as Node, { ...inside, privates }]);
        const of = { self: true, base: true, privates };
        const parts = member.type === 'StaticBlock' ? children(member) : [member.value as Node | null];
        for (const part of parts) if (part) left.push([part, of]);
      }
    } else if (at.type === 'Property' && (at.method || at.kind !== 'init')) {
      if (at.computed) left.push([at.key as Node, inside]);
      left.push([at.value as Node, { ...nested, base: true }]);
    } else {
      const label = labelOf(at) as Node | undefined;
      left.push(...each(at, inside).filter(([child]) => child !== label || child.type === 'PrivateIdentifier'));
    }
  }
}

const each = (node: Node, inside: Inside): [Node, Inside][] => [...children(node)].map((child) => [child, inside]);

/** @throws InPlaceError, where it is none that can be a function of its own. */
function checkMethod(method: Node): void {
  if (method.computed) {
    throw new InPlaceError(
      "a method with 'use multiprocessing' has a computed name: write the function into a const, and that into the object",
      method,
    );
  }
  if (method.type === 'MethodDefinition' && method.kind !== 'method') {
    throw new InPlaceError(
      `a ${method.kind === 'constructor' ? 'constructor' : 'getter or setter'} cannot run in processes: take 'use multiprocessing' out of it`,
      method,
    );
  }
}
