// Which functions and classes of the app travel, and by what name. Filled by `setExecutable()`.
//
// A name is `<module>.<export>`, or `<module>.<Class>.<static method>`, as pickle's qualified names are. Modules are read
// late, at the first look-up that needs them: in an import cycle their exports do not exist yet when they are registered.

const modules = new Set<string>();
/** Modules whose exports were not all readable yet (an import cycle still being evaluated). */
const unread = new Map<string, object>();
const names = new WeakMap<object, string>();
const targets = new Map<string, object>();

function add(name: string, target: unknown): target is object {
  if (typeof target !== 'function') return false;
  targets.set(name, target);
  if (!names.has(target)) names.set(target, name);
  return true;
}

function refresh(): void {
  for (const [module, namespace] of unread) {
    let whole = true;
    for (const key of Object.keys(namespace)) {
      let value: unknown;
      try {
        value = (namespace as Record<string, unknown>)[key];
      } catch {
        whole = false;
      }
      const name = `${module}.${key}`;
      if (!add(name, value)) continue;
      for (const [member, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
        if (member !== 'prototype') add(`${name}.${member}`, method);
      }
    }
    if (whole) unread.delete(module);
  }
}

/** Registers the exports of modules, by name; a module registered again replaces its older self. */
export function registerModules(namespaces: Readonly<Record<string, object>>): void {
  for (const [module, namespace] of Object.entries(namespaces)) {
    modules.add(module);
    unread.set(module, namespace);
  }
}

/** The names of the registered modules. */
export const registeredModules = (): string[] => [...modules];

/** The name under which a function or class travels; `undefined` where it is not registered. */
export function nameOf(target: object): string | undefined {
  if (!names.has(target)) refresh();
  return names.get(target);
}

/** One of the functions and classes that travel, if there is any. */
export function anyTarget(): object | undefined {
  refresh();
  return targets.values().next().value;
}

/** The function or class of that name in this process; `undefined` where there is none. */
export function targetOf(name: string): object | undefined {
  refresh();
  return targets.get(name);
}
