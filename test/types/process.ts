// What compiles, and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

declare function add(a: number, b: number): number;
declare function greet(name: string, options?: { loud: boolean }): Promise<string>;
declare function nothing(): void;
declare function first<T>(items: readonly T[]): T;
declare function rest(...all: number[]): number;

// Arguments are inferred from the target, and so is the result.
const sum = new mp.Process({ target: add, args: [1, 2] });
same<Awaited<ReturnType<typeof sum.result>>, number>(true);
same<ReturnType<typeof sum.resultSync>, number>(true);
const greeting = new mp.Process({ target: greet, args: ['bob'] });
same<Awaited<ReturnType<typeof greeting.result>>, string>(true);
new mp.Process({ target: greet, args: ['bob', { loud: true }] });
new mp.Process({ target: greet, args: ['bob'], kwargs: { loud: true } });
new mp.Process({ target: nothing });
new mp.Process({ target: nothing, args: [] });
new mp.Process({ target: rest, args: [1, 2, 3] });
new mp.Process({ target: add, args: [1, 2] as const });
new mp.Process({ target: first, args: [[1, 2, 3]] });
new mp.Process();
new mp.Process({ name: 'named', daemon: true });

// One of several functions: with one type of result it is known, else it is not; arguments are those that each of them takes.
declare function half(a: number): number;
declare function text(a: number): Promise<string>;
declare function loud(a: string): string;
declare const numeric: typeof half | ((a: number) => number);
declare const either: typeof half | typeof text;
const halved = new mp.Process({ target: numeric, args: [1] });
same<Awaited<ReturnType<typeof halved.result>>, number>(true);
const mixed = new mp.Process({ target: either, args: [1] });
same<Awaited<ReturnType<typeof mixed.result>>, unknown>(true);
const told = new mp.Process<[number], number | Promise<string>>({ target: either, args: [1] });
same<Awaited<ReturnType<typeof told.result>>, number | string>(true);
new (mp.getContext('spawn').Process)({ target: either, args: [1], name: 'mixed' });
// @ts-expect-error: an argument of the wrong type
new mp.Process({ target: either, args: ['1'] });
// @ts-expect-error: a missing argument
new mp.Process({ target: either });
// @ts-expect-error: a result of another type than was said
new mp.Process<[number], number>({ target: either, args: [1] });
// @ts-expect-error: no argument would do for both
new mp.Process({ target: half as typeof half | typeof loud, args: [1] });

// @ts-expect-error: a missing argument
new mp.Process({ target: add, args: [1] });
// @ts-expect-error: arguments missing altogether
new mp.Process({ target: add });
// @ts-expect-error: a wrong type
new mp.Process({ target: add, args: [1, '2'] });
// @ts-expect-error: one too many
new mp.Process({ target: nothing, args: [1] });
// @ts-expect-error: kwargs of the wrong shape
new mp.Process({ target: greet, args: ['bob'], kwargs: { loud: 1 } });
// @ts-expect-error: arguments without a target
new mp.Process({ args: [1] });
// @ts-expect-error: a timeout is never positional
sum.join(500);
// @ts-expect-error: read-only
sum.exitcode = 0;

// A queue has an item type, which defaults to anything.
const numbers = new mp.Queue<number>(10);
same<Awaited<ReturnType<typeof numbers.get>>, number>(true);
same<ReturnType<typeof numbers.getNowait>, number>(true);
numbers.put(1, { timeout: 500, signal: AbortSignal.timeout(5) });
numbers.putSync(1, { block: false });
// @ts-expect-error: not a number
numbers.put('1');
// @ts-expect-error: a blocking call has no signal
numbers.getSync({ signal: AbortSignal.timeout(5) });
same<ReturnType<mp.Queue['getSync']>, unknown>(true);

// Locks answer what their body does.
declare const lock: mp.Lock;
same<ReturnType<typeof lock.with<Promise<number>>>, Promise<number>>(true);
same<ReturnType<typeof lock.acquireSync>, boolean>(true);

// Contexts have the same types, and only two names.
const context = mp.getContext('forkserver');
const warm = new context.Process({ target: add, args: [1, 2] });
same<Awaited<ReturnType<typeof warm.result>>, number>(true);
// @ts-expect-error: there is no fork in a browser
mp.getContext('fork');

// Subclasses run what they like, and add fields.
class Upper extends mp.Process {
  readonly text = 'a';
  override run(): string {
    return this.text.toUpperCase();
  }
}
new Upper().start();

// exit() ends the flow.
function stop(): number {
  mp.exit(3);
}
void stop;

const ready: Promise<mp.Waitable[]> = mp.wait([sum.sentinel], { timeout: 5 });
void ready;
