// Which functions and classes of the app travel, and by what name. Filled by `setExecutable()`.
//
// A name is `<module>.<export>`, or `<module>.<Class>.<static method>`, as pickle's qualified names are. Modules are read
// late, at the first look-up that needs them: in an import cycle their exports do not exist yet when they are registered.
//
// What several modules export (one exports again what another defines) travels by all its names, since the other side may
// have loaded one of those modules alone.

const modules = new Set<string>();
/** Modules whose exports were not all readable yet (an import cycle still being evaluated). */
const unread = new Map<string, object>();
/** All names of each, with a newline between them. */
const names = new WeakMap<object, string>();
const targets = new Map<string, object>();

function add(name: string, target: unknown): target is object {
  if (typeof target !== 'function') return false;
  targets.set(name, target);
  const known = names.get(target);
  if (known === undefined) names.set(target, name);
  else if (!known.split('\n').includes(name)) names.set(target, `${known}\n${name}`);
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

/** By what a function or class travels: its names; `undefined` where it is not registered. */
export function namesOf(target: object): string | undefined {
  if (unread.size > 0) refresh();
  return names.get(target);
}

/** The name of a function or class, the first that it was registered by; `undefined` where it is not registered. */
export const nameOf = (target: object): string | undefined => namesOf(target)?.split('\n', 1)[0];

/** One of the functions and classes that travel, if there is any. */
export function anyTarget(): object | undefined {
  refresh();
  return targets.values().next().value;
}

/** The function or class of that name, or of the first of those names that is known in this process. */
export function targetOf(name: string): object | undefined {
  refresh();
  const target = targets.get(name);
  if (target !== undefined || !name.includes('\n')) return target;
  return targets.get(name.split('\n').find((each) => targets.has(each)) ?? '');
}
