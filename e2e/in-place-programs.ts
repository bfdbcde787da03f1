// Random programs with functions that are written in place: what is around them is as odd as scopes can be. Few names, so that many hide
// others.

const NAMES = ['a', 'b', 'c', 'd', 'e', 'n'];
const IMPORTS = ['add', 'double', 'all', 'base'];

/** What the programs import. */
export const LIB = `
export const add = (x, y) => String(x) + '+' + String(y);
export const twice = (x) => [x, x].join();
export const h = (tag, props, ...children) => tag + '(' + children.join() + ')';
export default 'the base';
`;

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0;
  }

  /** Below a number. */
  below(limit: number): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  chance(one: number): boolean {
    return this.below(one) === 0;
  }
}

/** The text of a program, in TSX: `main(run)` answers what its functions answer, run by `run`. */
export function programOf(seed: number): string {
  const random = new Random(seed);
  let budget = 60;
  let labels = 0;
  const name = (): string => random.of(NAMES);
  /** What is declared further down in the blocks around. */
  const later: string[] = [];
  /** What may be read; what has no value of that name stands for a text of its own. */
  const read = (): string => {
    const used = random.chance(4) ? random.of(IMPORTS) : name();
    // Seldom before it is there.
    if (later.includes(used) && !random.chance(30)) return `'${used}'`;
    return used === 'all'
      ? `all.twice(${random.below(9)})`
      : used === 'add' || used === 'double'
        ? `${used}(${random.below(9)}, 1)`
        : used;
  };

  function expression(depth = 0): string {
    if (depth > 2 || budget-- < 0) return random.chance(3) ? read() : String(random.below(100));
    const inner = (): string => expression(depth + 1);
    switch (random.below(14)) {
      case 0:
        return `\`\${${inner()}}-\${${inner()}}\``;
      case 1:
        return `[${inner()}, ${inner()}].join('/')`;
      case 2:
        return `((${name()} = ${inner()}) => ${inner()})()`;
      case 3:
        return `(({ ${name()}: ${name()}, ...rest }) => ${inner()})({ ${name()}: ${inner()} })`;
      case 4:
        return `(function ${name()}() { return typeof ${name()}; })()`;
      case 5:
        return `(typeof ${name()} === 'string' ? ${inner()} : ${inner()})`;
      case 6:
        return `Color[${random.below(2)}]`;
      case 7:
        return `<b>{${inner()}}</b>`;
      case 8:
        return `({ ${name()}: ${inner()} }).${name()}`;
      case 9:
        return `(${inner()} as Made)`;
      case 10:
        return `new (class ${name()} { ${name()} = ${inner()}; #p = ${inner()}; get q() { return String(this.#p); } })().q`;
      default:
        return random.chance(2) ? read() : `add(${inner()}, ${inner()})`;
    }
  }

  /** Declares one of the names that its block has planned. */
  function declaration(planned: string[]): string {
    const its = planned[0];
    if (its === undefined) return ';';
    // Its own value must not use it.
    const value = expression();
    const other = planned[1];
    const two = other !== undefined && random.chance(3);
    const text = ((): string => {
      if (two) return `const { ${its}, x: [${other} = ${value}] } = { ${its}: ${expression()}, x: [] as Made[] };`;
      switch (random.below(8)) {
        case 0:
          return `let ${its}: Made = ${value};${random.chance(3) ? ` ${its} = ${value};` : ''}`;
        case 1:
          return `function ${its}(${name()}: Made = 1) { return ${value}; }`;
        case 2:
          return `class ${its} { static ${name()}_ = ${value}; }`;
        default:
          return `const ${its} = ${value};`;
      }
    })();
    for (const _ of two ? [its, other] : [its]) later.splice(later.indexOf(planned.shift() as string), 1);
    return text;
  }

  /** Some names that a block declares. */
  function plan(most: number): string[] {
    const planned = [...new Set(Array.from({ length: random.below(most + 1) }, name))];
    later.push(...planned);
    return planned;
  }
  const finish = (planned: string[]): string => {
    let text = '';
    while (planned.length > 0) text += declaration(planned);
    return text;
  };

  /** Statements of a block that must answer. */
  function body(depth: number): string {
    const planned = plan(2);
    const list: string[] = [];
    for (let left = random.below(3); left > 0; left--) {
      switch (random.below(6)) {
        case 0:
          list.push(`try { throw ${expression()}; } catch (${name()}) { seen.push(String(${expression()})); }`);
          break;
        case 1: {
          const label = `l${labels++}`;
          list.push(
            `${label}: for (const ${name()} of [1, 2]) { seen.push(String(${expression()})); if (seen.length > 2) break ${label}; }`,
          );
          break;
        }
        case 2:
          list.push(`for (var v${labels} = 0; v${labels} < 2; v${labels++}++) seen.push(String(${expression()}));`);
          break;
        case 3:
          list.push(`seen.push(((${name()}) => String(${expression()}))(${expression()}));`);
          break;
        case 4:
          if (depth === 0 && random.chance(2)) list.push(`${name()} = ${expression()};`);
          else list.push(`{ ${finish(plan(2))} seen.push(String(${expression()})); }`);
          break;
        default:
          list.push(declaration(planned));
      }
    }
    list.push(finish(planned));
    const odd = random.below(60);
    const odds = ['this', 'arguments.length', 'new.target', 'import.meta.url', 'super.x', 'this.#p'];
    const oddly = depth === 0 && odd < 2 ? `seen.push(String(${odds[random.below(4)]}));` : '';
    return `const seen: string[] = []; ${list.join(' ')} ${oddly} seen.push(String(${expression()}));`;
  }

  const parameters = (): string =>
    random.of([name(), `${name()} = ${expression()}`, `{ ${name()} = ${expression()} } = {}`, `...${name()}`, '']);

  /** A function that is handed over. */
  function site(): string {
    const directive = "'use multiprocessing';";
    const inner = `${directive} { ${body(0)} return seen.join('|'); }`;
    const args = random.chance(2) ? `, ${random.below(9)}` : '';
    const run = (f: string): string => `out.push(await run(() => ${f}${args}));`;
    switch (random.below(9)) {
      case 0:
        return run(`function (${parameters()}) { ${inner} }`);
      case 1:
        return run(`async (${parameters()}) => { ${inner} }`);
      case 2:
        return run(`function* (${parameters()}) { ${directive} { ${body(0)} yield* seen; } }`);
      case 3: {
        const its = name();
        return `{ ${run(its)} function ${its}(${parameters()}) { ${inner} } }`;
      }
      case 4:
        return run(`({ ${name()}(${parameters()}) { ${inner} } }).${name()}`);
      case 5: {
        const its = name();
        return `{ const ${its} = (n0 = 0) => { ${directive} { ${body(0)} return n0 > 1 ? seen.join() : [seen.join(), ${its}(n0 + 1)].join(); } }; ${run(its)} }`;
      }
      case 6: {
        const its = name();
        return run(`(class { static ${its}(${parameters()}) { ${inner} } }).${its}`);
      }
      default:
        return run(`(${parameters()}) => { ${inner} }`);
    }
  }

  /** Statements around functions. */
  function around(depth: number): string {
    const planned = plan(3);
    const list: string[] = [];
    for (let left = 2 + random.below(4); left > 0; left--) {
      const more = (): string => (depth < 3 && budget > 0 ? around(depth + 1) : site());
      switch (random.below(9)) {
        case 0:
          list.push(site());
          break;
        case 1:
          list.push(`for (const ${name()} of [${expression()}, ${expression()}]) { ${more()} }`);
          break;
        case 2: {
          const its = name();
          list.push(`for (let ${its} = 0; ${its} < 2; ${its}++) { ${more()} }`);
          break;
        }
        case 3:
          list.push(`await (async (${name()} = ${expression()}) => { { ${more()} } })();`);
          break;
        case 4:
          list.push(`switch (${random.below(2)}) { case 0: ${more()} default: ${finish(plan(1))} }`);
          break;
        default:
          list.push(declaration(planned));
      }
    }
    list.push(finish(planned), site());
    return list.join('\n');
  }

  const globals = NAMES.map((its) =>
    random.of([
      `const ${its} = ${random.below(100)};`,
      `const ${its}: Made = '${its}';`,
      `let ${its}: Made = ${random.below(100)};`,
      `const ${its} = [${random.below(100)}];`,
      `const ${its} = { toString: null, x: ${random.below(9)} }.x;`,
      `export function ${its}() { return 1; }`,
      `let ${its}: Made = 1; export const set_${its} = () => ${its}++;`,
    ]),
  ).join('\n');
  return `import base, { add, twice as double, h } from './lib.js';
import * as all from './lib.js';
type Made = any;
enum Color { Red, Green }
${globals}
export async function main(run: Made) {
const out: Made[] = [];
${around(0)}
return out;
}
`;
}
