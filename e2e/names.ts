// Modules, and the names of the library that the plugin finds in them: for the syntax trees of each parser.

/** `undefined`: the module does not speak of the library. */
export const uses: readonly (readonly [code: string, names: string | undefined])[] = [
  ["import { Lock } from 'web-multiprocessing'", 'Lock'],
  ["import { Lock as L, Event } from 'web-multiprocessing'; new L();", 'Event Lock'],
  ["import { 'Lock' as L } from 'web-multiprocessing'", 'Lock'],
  ["import 'web-multiprocessing'", ''],
  ["import mp from 'web-multiprocessing'", 'default'],
  ["import { Lock } from 'web-multiprocessing/inspect'", undefined],
  ["import { Lock } from './web-multiprocessing'; export const text = 'web-multiprocessing';", undefined],

  ["import * as mp from 'web-multiprocessing'", ''],
  [
    "import * as mp from 'web-multiprocessing'; new mp.Lock(); mp['Event']; mp[`Queue`]; mp?.wait([]);",
    'Event Lock Queue wait',
  ],
  [
    "import * as mp from 'web-multiprocessing'; const { Lock, Event: E = mp.Pool, 'Queue': Q } = mp;",
    'Event Lock Pool Queue',
  ],
  ["import * as mp from 'web-multiprocessing'; const { Lock, ...rest } = mp;", '* Lock'],
  ["import * as mp from 'web-multiprocessing'; const { [mp.Lock.name]: it } = mp;", '* Lock'],
  ["import * as mp from 'web-multiprocessing'; let x; ({ Lock: x } = mp);", '*'],
  ["import * as mp from 'web-multiprocessing'; f(mp);", '*'],
  ["import * as mp from 'web-multiprocessing'; f(mp[name], mp.Lock);", '* Lock'],
  ["import * as mp from 'web-multiprocessing'; export { mp };", '*'],
  ["import * as mp from 'web-multiprocessing'; export default mp;", '*'],
  ["import * as mp from 'web-multiprocessing'; f({ mp });", '*'],
  [
    "import * as mp from 'web-multiprocessing'; class A { mp() {} } const x = { mp: 1 }; f(x.mp, mp.Lock); export { x as mp };",
    'Lock',
  ],
  ["import * as mp from 'web-multiprocessing'; f(x[mp], { [mp]: 1 });", '*'],
  ["import * as mp from 'web-multiprocessing'; const f = (x = mp) => x;", '*'],
  // A name that is shadowed is rather taken for the library.
  ["import * as mp from 'web-multiprocessing'; const f = (mp) => mp.Lock;", '* Lock'],

  ["export { Lock, Event as E } from 'web-multiprocessing'", 'Event Lock'],
  ["export * from 'web-multiprocessing'", '*'],
  ["export * as mp from 'web-multiprocessing'", '*'],
  ["import { Lock } from 'web-multiprocessing'; export { Lock }; export const one = 1;", 'Lock'],

  ["import('web-multiprocessing')", '*'],
  ["const mp = await import('web-multiprocessing'); mp.Lock;", '*'],
  ["import('web-multiprocessing').then(({ Lock }) => Lock)", 'then'],
  ["const { Lock, Event: E } = await import('web-multiprocessing')", 'Event Lock'],
  ['const { Lock, ...rest } = await import(`web-multiprocessing`)', '* Lock'],
  ["new (await import('web-multiprocessing')).Lock()", 'Lock'],
  ["f((await import('web-multiprocessing'))[name])", '*'],
  ["import('./other.js'); import(name)", undefined],
  ["const mp = require('web-multiprocessing')", '*'],
  ["require('other')", undefined],
];

/** Those in which another set of names is found. */
export function mistaken(find: (code: string) => Set<string> | undefined): object[] {
  return uses.flatMap(([code, names]) => {
    const set = find(code);
    const found = set && [...set].sort().join(' ');
    return found === names ? [] : [{ code, names, found }];
  });
}
