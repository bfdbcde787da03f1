// Random programs with functions that are written in place. What such a function answers elsewhere, made of its own module and of what it
// takes along, is what it answers where it stands; or the build refuses it, and names a variable that it does use; or the call does,
// as that variable holds what cannot travel.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import { parseAst, transformWithOxc } from 'vite';
import { remove } from '../scripts/remove.mjs';
import { decode } from '../src/codec/decode.ts';
import { encode } from '../src/codec/encode.ts';
import { refer, registerModules } from '../src/codec/registry.ts';
import { inPlaceCode } from '../src/vite/code.ts';
import { bodyOf, moduleOf, restOf } from '../src/vite/in_place/cut.ts';
import { InPlaceError } from '../src/vite/in_place/find.ts';
import type { Node } from '../src/vite/tree.ts';
import { LIB, programOf } from './in-place-programs.ts';

type Task = (...args: unknown[]) => unknown;
type Main = (run: (make: () => Task, ...args: unknown[]) => Promise<unknown>) => Promise<unknown>;

const PROGRAMS = Number(process.env.PROGRAMS ?? 300);
const FIRST = Number(process.env.SEED ?? 1);

let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'in-place-'));
  writeFileSync(join(folder, 'lib.js'), LIB);
  writeFileSync(join(folder, 'helper.js'), inPlaceCode(undefined));
  const library = join(folder, 'node_modules/web-multiprocessing');
  mkdirSync(library, { recursive: true });
  writeFileSync(join(library, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
  writeFileSync(join(library, 'index.js'), 'export class InvalidStateError extends Error {}');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  // As a process does it.
  Object.assign(globalThis, { [Symbol.for('web-multiprocessing.refer')]: refer });
});
test.afterAll(() => remove(folder));

async function load(name: string, code: string): Promise<Record<string, unknown>> {
  const file = join(folder, name);
  writeFileSync(file, code);
  return await import(pathToFileURL(file).href);
}

/** What a function answers, or that it throws. */
async function answerOf(call: () => unknown): Promise<unknown> {
  try {
    const answer = await call();
    return Object(answer) === answer && Symbol.iterator in (answer as object) ? [...(answer as string)] : answer;
  } catch (error) {
    return `threw ${(error as Error).name}`;
  }
}

const inPlace: Parameters<Main>[0] = (make, ...args) => answerOf(() => make()(...args));
/** The same of the function as it arrives elsewhere. What is refused at the call says what it is. */
const elsewhere: Parameters<Main>[0] = async (make, ...args) => {
  let record: Uint8Array;
  let f: Task;
  try {
    f = make();
  } catch (error) {
    return `threw ${(error as Error).name}`;
  }
  try {
    record = encode(f, '');
  } catch (error) {
    return { refused: (error as Error).message };
  }
  return answerOf(() => (decode(record) as Task)(...args));
};

/** What the build makes of a program. */
async function build(name: string, code: string): Promise<Main> {
  const module = moduleOf(code, parseAst(code) as unknown as Node);
  for (const it of module.functions) {
    const own = `${it.name}@${name}`;
    const body = await load(`${name}.${it.name}.js`, bodyOf(module, it, `./${name}.${it.name}.js`, own).toString());
    registerModules({ [own]: body });
  }
  return (await load(`${name}.rest.js`, restOf(module, name, '', './helper.js', []).toString())).main as Main;
}

/** The text of a function, which may be part of an answer, lacks its directive and its indentation elsewhere. */
const textOf = (answer: unknown): string =>
  String(JSON.stringify(answer)).replace(/\s|\\[nt]|\\"use multiprocessing\\";/g, '');

/** What of a refusal is a name. */
const nameIn = (message: string): string =>
  /^(\S+?)(?:\(\))? (?:is used by|cannot be in)/.exec(message)?.[1] ?? message;

test('what a function answers elsewhere is what it answers in its place, or it is refused by name', async () => {
  test.setTimeout(300_000);
  const counts = { same: 0, build: 0, call: 0, threw: 0, programs: 0 };
  for (let seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
    const text = programOf(seed);
    // Not all that is written at random is a program.
    const compiled = await transformWithOxc(text, 'program.tsx', { jsx: { runtime: 'classic', pragma: 'h' } }).catch(
      () => undefined,
    );
    if (compiled === undefined) continue;
    const { code } = compiled;
    const whole = await load(`p${seed}.js`, code).catch(() => undefined);
    if (whole === undefined) continue;
    counts.programs++;
    let rest: Main;
    try {
      rest = await build(`p${seed}`, code);
    } catch (error) {
      if (!(error instanceof InPlaceError)) throw new Error(`program ${seed}: ${(error as Error).stack}\n${code}`);
      counts.build++;
      const named = nameIn(error.message);
      // Where it points to is what it names.
      expect(code.slice(error.position).startsWith(named), `program ${seed}: ${error.message}\n${code}`).toBe(true);
      continue;
    }
    const here = await (whole.main as Main)(inPlace).catch((error: Error) => [`main threw ${error.name}`]);
    const there = await rest(elsewhere).catch((error: Error) => [`main threw ${error.name}`]);
    expect((there as unknown[]).length, `program ${seed}\n${code}`).toBe((here as unknown[]).length);
    (there as unknown[]).forEach((answer, i) => {
      const refused = (answer as { refused?: string } | undefined)?.refused;
      const its = (here as unknown[])[i];
      if (refused === undefined) {
        counts[String(answer).startsWith('threw') ? 'threw' : 'same']++;
        expect(textOf(answer), `program ${seed}, answer ${i}\n${code}`).toBe(textOf(its));
        return;
      }
      counts.call++;
      const [, ...names] = /^\.?(\w+).* is an? |could not be read: Cannot access '(\w+)'/.exec(refused) ?? [];
      const variable = names.find(Boolean);
      expect(code, `program ${seed}: ${refused}`).toMatch(new RegExp(`\\b${variable}\\b`));
    });
  }
  console.log(counts);
  expect(counts.programs).toBeGreaterThan(PROGRAMS / 2);
  for (const kind of ['same', 'build', 'call'] as const) expect(counts[kind], kind).toBeGreaterThan(PROGRAMS / 10);
});

test('what cannot be right is refused at its place', () => {
  const D = "'use multiprocessing';";
  const cases: readonly (readonly [code: string, named: string, message: RegExp])[] = [
    [`class A { run() { return () => { ${D} return this.x; }; } }`, 'this', /^this is used by this function/],
    [`class A { run() { ${D} return this.x; } }`, 'this', /^this is used by run\(\)/],
    [`class A extends B { run() { ${D} return super.x; } }`, 'super', /^super is used by run\(\)/],
    [`class A { #p = 1; run(it) { ${D} return it.#p; } }`, '#p', /^#p is used by run\(\)/],
    [`function f() { return () => { ${D} return new.target; }; }`, 'new.target', /^new\.target is used by/],
    [
      `function f() { return () => { ${D} return arguments.length; }; }`,
      'arguments',
      /^arguments is used by .*\.\.\.args/,
    ],
    [`const f = () => { ${D} return import.meta.url; };`, 'import.meta', /^import\.meta cannot be in f\(\)/],
    [`const f = (text) => { ${D} return eval(text); };`, 'eval', /^eval\(\) cannot be in f\(\)/],
    [`let a = 1; const f = () => { ${D} return a; }; a = 2;`, 'a;', /^a is used by .* is assigned again/],
    [`let a = 1; const f = () => { ${D} a++; };`, 'a++', /^a is used by .*, which assigns it/],
    [`for (var a of [1, 2]) g(() => { ${D} return a; });`, 'a;', /^a is used by .* several values/],
    [`pool.map(() => { ${D} return a; }, []); const a = 1;`, 'a;', /^a is used by .* before it has a value/],
    [`const a = pool.map(() => { ${D} return a; }, []);`, 'a;', /^a is used by .* before it has a value/],
    [
      `function b() {} b(); const f = () => { ${D} return b(); };`,
      'b();',
      /^b is used by .* put it into a module of its/,
    ],
    [`const b = () => 1; const f = () => { ${D} return b; };`, 'b;', /^b is used by .* put it into a module of its/],
    [`const o = { [key]() { ${D} } };`, '[key]', /computed name/],
    [`class A { constructor() { ${D} } }`, 'constructor', /^a constructor cannot run in processes/],
    [`class A { get x() { ${D} return 1; } }`, 'get x', /^a getter or setter cannot run in processes/],
  ];
  for (const [code, named, message] of cases) {
    let refused: unknown;
    try {
      moduleOf(code, parseAst(code) as unknown as Node);
    } catch (error) {
      refused = error;
    }
    expect(refused, code).toBeInstanceOf(InPlaceError);
    expect((refused as Error).message, code).toMatch(message);
    expect(code.slice((refused as InPlaceError).position).startsWith(named), code).toBe(true);
  }
});

test('what belongs to the function itself is not refused', () => {
  const D = "'use multiprocessing';";
  for (const code of [
    `const f = function () { ${D} return [this, arguments.length, new.target]; };`,
    `const f = () => { ${D} return new (class B extends A { #p = this; x = super.y; static { this.z = 1; } q() { return this.#p; } })(); };`,
    `const f = () => { ${D} return import.meta.env.MODE; };`,
    `for (const a of [1, 2]) g(() => { ${D} return a; });`,
    `function f(a = 1, { b = 2 } = {}) { return () => { ${D} return a + b; }; }`,
    `const later = () => pool.map(() => { ${D} return a; }, []); const a = 1;`,
    `const task = wrap(() => { ${D} return a; }); const a = 1;`,
    // Somebody may have registered these.
    `export function a() {} const f = () => { ${D} return a(); };`,
    `export const a = () => 1; const f = () => { ${D} return a(); };`,
    `const a = () => 1; const f = () => { ${D} return a(); }; export { a as b };`,
    `function a() {} const f = () => { ${D} return a(); }; export default a;`,
    `function a() {} register({ a }); const f = () => { ${D} return a(); };`,
    `class A {} const f = () => { ${D} return new A(); };`,
    `const { length } = () => 1; const f = () => { ${D} return length; };`,
    `function a() {} eval(text); const f = () => { ${D} return a(); };`,
  ]) {
    expect(moduleOf(code, parseAst(code) as unknown as Node).functions, code).toHaveLength(1);
  }
});
