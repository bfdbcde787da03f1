// Which functions and classes of the app travel, and by what name. Filled by `setExecutable()`.
//
// A name is `<module>.<export>`, or `<module>.<Class>.<static method>`, as pickle's qualified names are. Modules are read
// late, at the first look-up that needs them: in an import cycle their exports do not exist yet when they are registered.

const modules = new Map<string, object>();
/** Modules whose exports were not all readable yet (an import cycle still being evaluated). */
const unread = new Set<string>();
const names = new WeakMap<object, string>();
const targets = new Map<string, object>();

const isTarget = (value: unknown): value is object => typeof value === 'function';

function add(name: string, target: object): void {
  targets.set(name, target);
  if (!names.has(target)) names.set(target, name);
}

/** Answers whether every export could be read. */
function read(module: string, namespace: object): boolean {
  let whole = true;
  for (const key of Object.keys(namespace)) {
    let value: unknown;
    try {
      value = (namespace as Record<string, unknown>)[key];
    } catch {
      whole = false;
    }
    if (!isTarget(value)) continue;
    const name = `${module}.${key}`;
    add(name, value);
    for (const [member, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (member !== 'prototype' && isTarget(method)) add(`${name}.${member}`, method);
    }
  }
  return whole;
}

function refresh(): void {
  for (const module of unread) if (read(module, modules.get(module) ?? {})) unread.delete(module);
}

/** Registers the exports of modules, by name; a module registered again replaces its older self. */
export function registerModules(namespaces: Readonly<Record<string, object>>): void {
  for (const [module, namespace] of Object.entries(namespaces)) {
    modules.set(module, namespace);
    unread.add(module);
  }
}

/** The names of the registered modules. */
export const registeredModules = (): string[] => [...modules.keys()];

/** The name under which a function or class travels; `undefined` where it is not registered. */
export function nameOf(target: object): string | undefined {
  let name = names.get(target);
  if (name === undefined && unread.size > 0) {
    refresh();
    name = names.get(target);
  }
  return name;
}

/** The function or class of that name in this process; `undefined` where there is none. */
export function targetOf(name: string): object | undefined {
  if (unread.size > 0) refresh();
  return targets.get(name);
}
