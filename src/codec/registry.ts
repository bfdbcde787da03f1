// Which functions and classes of the app travel, and by what name. Filled by `setExecutable()`.
//
// A name is `<module>.<export>`, or `<module>.<Class>.<static method>`, as pickle's qualified names are. Modules are read
// late, at the first look-up that needs them: in an import cycle their exports do not exist yet when they are registered.
//
// What several modules export (one exports again what another defines) travels by all its names, since the other side may
// have loaded one of those modules alone.
//
// A page may have several executables: its own, and those of packages that were built for themselves. Names of all but the
// first have its number before them, `1#tasks.square`, so what two modules claim is told apart; a process knows the number of
// its own.

import { DataCloneError } from '../errors.ts';
import { localTarget } from './local.ts';
import { missing } from './missing.ts';

/** The library's own modules, which every executable knows. */
const LIBRARY = 'multiprocessing.';

/** All modules, by the names they were registered by. */
const modules = new Map<string, object>();
/** Modules whose exports were not all readable yet (an import cycle still being evaluated). */
const unread = new Map<string, object>();
/** What to say of modules that are not here (late.ts). */
export const absences = new Map<string, () => Error>();
/** All names of each, with a newline between them. */
let names = new WeakMap<object, string>();
const targets = new Map<string, object>();
/** What stands before the names of this process's own modules. */
let own = '';
/** What was asked for by name since this was cleared; noted where there are several executables. */
export const noted = new Set<string>();
/** Whether there are. */
export let several = false;

/** What stands before the names of an executable's modules. */
export const prefix = (executable: number): string => (executable > 0 ? `${executable}#` : '');
/** A name as people know it. */
export const plain = (name: string): string => name.replace(/^\d+#/, '');

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

function register(name: string, namespace: object): void {
  const full = name.startsWith(LIBRARY) ? name : own + name;
  absences.delete(name);
  modules.set(name, namespace);
  unread.set(full, namespace);
}

/**
 * Registers the exports of modules, by name, as those of that executable; a module registered again replaces its older self.
 * Those that are yet to come: late.ts.
 */
export function registerModules(namespaces: Readonly<Record<string, object>>, executable = 0): void {
  if (executable > 0) several = true;
  for (const [name, namespace] of Object.entries(namespaces)) register(prefix(executable) + name, namespace);
}

/** This process runs that executable: what it registers is known by these names to everybody. */
export function belongTo(executable: number): void {
  if (own === prefix(executable)) return;
  own = prefix(executable);
  names = new WeakMap();
  targets.clear();
  unread.clear();
  for (const [name, namespace] of modules) register(name, namespace);
}

/** The names of the registered modules. */
export const registeredModules = (): string[] => [...modules.keys()].map(plain);

/** Functions that stand for others: by what they travel. */
const references = new WeakMap<object, () => string>();

/** Lets a function stand for another of this process's executable, which need not be here. */
export const refer = (reference: object, name: string): unknown => references.set(reference, () => own + name);

/** Stands for a function of the library that this thread need not have, and travels by its name. */
export function referenceTo(name: string): (...args: unknown[]) => unknown {
  const reference = (): void => {};
  references.set(reference, () => LIBRARY + name);
  return reference;
}

/** By what a function or class travels: its names; `undefined` where it is not registered. */
export function namesOf(target: object): string | undefined {
  if (unread.size > 0) refresh();
  const known = names.get(target) ?? references.get(target)?.();
  if (several && known !== undefined) noted.add(known);
  return known;
}

/** The name of a function or class, the first that it was registered by; `undefined` where it is not registered. */
export function nameOf(target: object): string | undefined {
  if (unread.size > 0) refresh();
  const known = names.get(target);
  return known && plain(known.split('\n', 1)[0] as string);
}

/** The executable that a name belongs to. */
export const executableOf = (name: string): number => Number(/^(\d+)#/.exec(name)?.[1] ?? 0);

/**
 * One of these names, in the form of the latest executable that knows all that has them; `undefined` where any does.
 *
 * @throws DataCloneError, naming two that do not go together.
 */
export function commonName(all: Iterable<string>, remedy: string): string | undefined {
  let common: string[] | undefined;
  for (const known of all) {
    if (known.startsWith(LIBRARY)) continue;
    const before = common;
    const each = known.split('\n');
    common = each.filter((name) => !before || before.some((one) => executableOf(one) === executableOf(name)));
    if (common.length > 0) continue;
    throw new DataCloneError(
      `${plain(before?.[0] ?? '')} and ${plain(each[0] ?? '')} belong to different executables, as those of two packages, and a ` +
        `process runs one: ${remedy}`,
    );
  }
  return common?.reduce((one, other) => (executableOf(other) > executableOf(one) ? other : one));
}

/** One of the functions and classes that travel, if there is any. */
export function anyTarget(): object | undefined {
  refresh();
  return targets.values().next().value;
}

/** The function or class of that name, or of the first of those names that is known in this process. */
export function targetOf(name: string): object | undefined {
  refresh();
  const target = targets.get(name);
  if (target !== undefined || !name.includes('\n')) return target ?? localTarget(name);
  return targets.get(name.split('\n').find((each) => targets.has(each)) ?? '');
}

/** Why nothing of that name is here. */
export function absenceOf(name: string): Error {
  const all = name.split('\n');
  if (name.startsWith(LIBRARY)) return missing(name);
  for (const [module, absence] of absences) {
    if (all.some((each) => each.startsWith(`${own + module}.`))) return absence();
  }
  const isForeign = !several && all.every((each) => !each.startsWith(own) || (own === '' && each !== plain(each)));
  return new DataCloneError(
    `this process has not registered "${all.map(plain).join('" or "')}": ` +
      (isForeign
        ? 'it is of another executable, as that of a package'
        : 'give its module to setExecutable(), and to serve() where the executable is two files'),
  );
}
