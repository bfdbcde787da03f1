// Which public names of the library modules use, read from what they are for the bundler: JavaScript, whatever they were
// written in. Rather a name too many than one too few: without what a name needs, a process could not take part.

import type { Rollup } from 'vite';
import { LIBRARY } from './packages.ts';
import { ANY, children, keyOf, labelOf, type Node, nameOf, textOf } from './tree.ts';

const isLibrary = (node: unknown): boolean => textOf(node) === LIBRARY;

/** The names that a module of this syntax tree uses; `undefined` where it does not speak of the library. */
export function namesIn(program: unknown): Set<string> | undefined {
  const names = new Set<string>();
  const namespaces = new Set<string>();
  let speaks = false;

  const isWhole = (node: Node): boolean =>
    (node.type === 'Identifier' && namespaces.has(node.name as string)) ||
    (node.type === 'AwaitExpression' && isWhole(node.argument as Node)) ||
    (node.type === 'ImportExpression' && isLibrary(node.source));

  /** What `import` and `export ... from` take. */
  const take = ({ type, specifiers }: Node): void => {
    speaks = true;
    if (type === 'ExportAllDeclaration') names.add(ANY);
    for (const it of (specifiers ?? []) as Node[]) {
      if (it.type === 'ImportNamespaceSpecifier') namespaces.add(nameOf(it.local));
      else names.add(it.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(it.imported ?? it.local));
    }
  };

  /** Notes what a node uses. @returns what else there is to look at in it. */
  const look = (node: Node): Iterable<unknown> => {
    if (isWhole(node)) {
      names.add(ANY);
      if (node.type !== 'Identifier') speaks = true;
      return [];
    }
    switch (node.type) {
      case 'ImportDeclaration':
        return [];
      case 'ExportSpecifier':
        return [node.local];
      case 'MemberExpression':
        if (!isWhole(node.object as Node)) break;
        speaks = true;
        names.add(keyOf(node.property, node.computed));
        return [];
      case 'VariableDeclarator': {
        const { id, init } = node as unknown as { id: Node; init: Node | null };
        if (init === null || id.type !== 'ObjectPattern' || !isWhole(init)) break;
        speaks = true;
        for (const { type, key, computed } of id.properties as Node[])
          names.add(type === 'Property' ? keyOf(key, computed) : ANY);
        return [id];
      }
      case 'CallExpression':
        if ((node.callee as Node).name !== 'require' || !isLibrary((node.arguments as Node[])[0])) break;
        speaks = true;
        names.add(ANY);
    }
    const passed = labelOf(node);
    return [...children(node)].filter((child) => child !== passed);
  };

  const body = (program as Node).body as Node[];
  const left: unknown[] = [];
  for (const statement of body) {
    if (/^(?:Import|Export\w+)Declaration$/.test(statement.type) && isLibrary(statement.source)) take(statement);
    else left.push(statement);
  }
  // No recursion: a sum of thousands of terms is as deep.
  for (let node = left.pop(); node !== undefined; node = left.pop()) left.push(...look(node as Node));
  return speaks ? names : undefined;
}

/** The names that these modules of a build use. `library` is what the library's own name leads to. */
export function namesInBuild(context: Rollup.PluginContext, ids: Iterable<string>, library?: string): Set<string> {
  const names = new Set<string>();
  for (const id of ids) {
    const { code, importedIds = [], dynamicallyImportedIds = [] } = context.getModuleInfo(id) ?? {};
    const imports = [...importedIds, ...dynamicallyImportedIds].some((imported) => imported === library);
    if (!code || (!imports && !code.includes(LIBRARY))) continue;
    let its: Set<string> | undefined;
    try {
      its = namesIn(context.parse(code));
    } catch {
      its = new Set([ANY]);
    }
    // It may import the library by another name: an alias, or that of a plugin for CommonJS.
    for (const name of its ?? (imports ? [ANY] : [])) names.add(name);
  }
  return names;
}
