// What a function that is written in place takes along: the variables around it whose values travel, and the imports that its module
// has to have.

import { analyze, type Reference, type Scope, type ScopeManager, type Variable } from 'eslint-scope';
import { type Node, nodesIn } from '../tree.ts';
import { handedBy } from '../uses.ts';
import { directiveOf, endOf, type InPlace, InPlaceError, isWithin, startOf } from './find.ts';

export interface Captures {
  /** The variables whose values travel, by name. */
  readonly values: readonly string[];
  /** The imports that it uses. */
  readonly imports: readonly Variable[];
  /** As it calls itself, where that is the name of a variable around it. */
  readonly self: string | undefined;
}

const nodeOf = (node: unknown): Node => node as Node;

/** The scopes of a module. */
export function scopesOf(program: Node): ScopeManager {
  // As ESLint has it: parsers of bundlers do not.
  for (const node of nodesIn(program)) Object.assign(node, { range: [node.start, node.end] });
  return analyze(program as never, { ecmaVersion: 2022, sourceType: 'module' });
}

/**
 * @param kept functions that processes cannot have (`keptIn`).
 * @throws InPlaceError where a variable cannot have one value here and there.
 */
export function capturesOf(found: InPlace, scopes: ScopeManager, kept: ReadonlySet<Variable>): Captures {
  const values = new Set<string>();
  const imports = new Set<Variable>();
  let self: string | undefined;
  const own = scopes.acquire(found.node as never) as Scope;
  for (const reference of own.through) {
    const variable = reference.resolved;
    // What no scope declares is everywhere.
    if (variable === null || variable.scope.type === 'global') continue;
    if (variable.defs[0]?.type === 'ImportBinding') {
      imports.add(variable);
      continue;
    }
    checkValue(variable, reference, found);
    if (kept.has(variable)) {
      throw new InPlaceError(
        `${variable.name} is used by a function that is to run in processes, and is a function of this module, which they do not load: put it into a module of its own, and import it`,
        nodeOf(reference.identifier),
      );
    }
    if (isItself(variable, found)) self = variable.name;
    else values.add(variable.name);
  }
  return { values: [...values].sort(), imports: [...imports], self };
}

/** Whether nothing but imports of a module use a variable in these functions: their modules have it, and this one need not. */
export const isOnlyIn = (variable: Variable, functions: readonly InPlace[]): boolean =>
  variable.references.length > 0 &&
  variable.references.every(({ identifier }) => functions.some(({ node }) => isWithin(nodeOf(identifier), node)));

/**
 * The functions of a module that nobody can have registered, as all that the module does with them is to call them. Not so a class, which
 * can be had from what it makes.
 */
export function keptIn(program: Node, scopes: ScopeManager, places: readonly InPlace[]): Set<Variable> {
  const called = new Set<unknown>();
  for (const { type, callee } of nodesIn(program)) if (type === 'CallExpression') called.add(callee);
  if ([...called].some((callee) => (callee as Node).name === 'eval')) return new Set();
  const exported = new Set((program.body as Node[]).map(({ declaration }) => declaration));
  const isKept = ({ defs: [first], references }: Variable): boolean => {
    const holder = nodeOf(first?.node);
    const isNamed = first?.type === 'Variable' && nodeOf(holder.id).type === 'Identifier';
    const its = isNamed ? (holder.init as Node | null) : holder;
    return (
      (isNamed
        ? /Function/.test(its?.type ?? '')
        : first?.type === 'FunctionName' && its?.type === 'FunctionDeclaration') &&
      directiveOf(its as Node) === undefined &&
      !exported.has(isNamed ? first.parent : its) &&
      references.every(({ init, identifier }) => {
        const isInside = () => places.some(({ node }) => isWithin(nodeOf(identifier), node));
        return init === true || called.has(identifier) || isInside();
      })
    );
  };
  return new Set(scopes.scopes.flatMap(({ variables }) => variables).filter(isKept));
}

function isItself({ defs: [first] }: Variable, { node }: InPlace): boolean {
  const its = nodeOf(first?.node);
  return its === node || (first?.type === 'Variable' && its.init === node);
}

const isLoop = (node: Node): boolean => /^(?:For(?:In|Of)?|While|DoWhile)Statement$/.test(node.type);

function checkValue(variable: Variable, reference: Reference, found: InPlace): void {
  const { name, defs, references } = variable;
  const at = nodeOf(reference.identifier);
  const fail = (why: string, node = at): never => {
    throw new InPlaceError(`${name} is used by a function that is to run in processes, ${why}`, node);
  };
  if (name === 'arguments' && defs.length === 0)
    fail('and is of the function around it: give that a parameter ...args, and use args');
  for (const other of references) {
    if (!other.isWrite() || other.init === true) continue;
    const node = nodeOf(other.identifier);
    if (isWithin(node, found.node))
      fail(
        'which assigns it, and no other process would see that: return the new value, or use a Value of the library',
        node,
      );
    fail(
      `and is assigned again, so it has no one value: put the one that is meant into a const, as const its${title(name)} = ${name}, and use that`,
    );
  }
  const [first] = defs;
  if (
    defs.length > 1 ||
    (first?.parent?.type === 'VariableDeclaration' && first.parent.kind === 'var' && isInLoop(variable))
  )
    fail('and may be given several values: declare it once, with const');
  if (isDead(variable, found)) fail('but handed over before it has a value: declare it before');
}

const title = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Whether a `var` is declared in a loop of its function: it is one variable for all rounds. */
function isInLoop({ defs: [first], scope }: Variable): boolean {
  const declaration = nodeOf(first?.parent);
  return [...nodesIn(nodeOf(scope.block))].some((node) => isLoop(node) && isWithin(declaration, node));
}

/** Whether the function is handed over, where it stands, before the variable has a value. */
function isDead({ defs: [first], scope }: Variable, { node, around }: InPlace): boolean {
  const isLexical = first?.type === 'ClassName' || (first?.type === 'Variable' && nodeOf(first.parent).kind !== 'var');
  if (!isLexical || scope.type === 'class' || startOf(node) > endOf(nodeOf(first.node))) return false;
  const isLater = endOf(node) <= startOf(nodeOf(first.node));
  const block = nodeOf(scope.block);
  let isHanded = false;
  for (const outer of around) {
    if (isLater ? outer === block : outer === nodeOf(first.node)) return isHanded;
    if (/Function/.test(outer.type) || outer.type === 'PropertyDefinition') return false;
    // A process is started later than it is made, and who else is given the function may hand it over later.
    if (outer.type === 'CallExpression' && [...handedBy(outer, () => true)].includes(node)) isHanded = true;
  }
  return false;
}
