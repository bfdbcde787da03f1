// The layers of src/: a file imports its own folder, `errors.ts` or a folder further left in this list; and its sides: what runs in
// one place imports nothing of what runs in another. No cycles. Imports of types alone count too. `node scripts/layers.mjs --prove`
// shows that a breach is found.

const layers = [
  'base',
  'memory',
  'codec',
  'sync',
  'data',
  'process',
  'remote',
  'pool',
  'managers',
  'message',
  'inspect',
  'entry',
];

/** Folders for one side each. What lies beside them in their folder runs on both, and so imports neither. */
const sides = [
  ['process/page', 'process/child'],
  ['pool/owner', 'pool/worker'],
  ['managers/client', 'managers/server'],
  ['message/page', 'message/process'],
];

/** Who besides may import what runs on one side: what runs there, too. */
const beside = { 'process/page': ['^src/message/page/'], 'process/child': ['^src/message/process/'] };

const oneOf = (names) => `^src/(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    ...layers.map((layer, index) => ({
      name: `layer-${layer}`,
      severity: 'error',
      from: { path: oneOf([layer]) },
      to: { path: '^src/', pathNot: [oneOf(layers.slice(0, index + 1)), '^src/errors\\.ts$'] },
    })),
    ...sides.flat().map((side) => ({
      name: `side-${side.replace('/', '-')}`,
      comment: 'What is loaded there is loaded nowhere else; the entries, and import(), put the sides together.',
      severity: 'error',
      from: {
        path: side.startsWith('process') ? '^src/' : `^src/${side.split('/')[0]}/`,
        pathNot: [`^src/${side}/`, '^src/entry/', ...(beside[side] ?? [])],
      },
      to: { path: `^src/${side}/`, dependencyTypesNot: ['dynamic-import'] },
    })),
    {
      name: 'pool-by-message',
      comment: 'What works by message is loaded late, by what is loaded late.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['/by_message/', '^src/message/'] },
      to: { path: '/by_message/' },
    },
    {
      name: 'pool-by-memory',
      comment: 'The two ways of a pool know nothing of each other.',
      severity: 'error',
      from: { path: '/by_message/' },
      to: { path: '/by_memory/' },
    },
    {
      name: 'known-layers-only',
      comment: 'A new folder needs its place in the list above.',
      severity: 'error',
      from: { path: '^src/.+/', pathNot: [oneOf(layers), '^src/vite/'] },
      to: {},
    },
    { name: 'errors-stand-alone', severity: 'error', from: { path: '^src/errors\\.ts$' }, to: { path: '^src/' } },
    {
      name: 'plugin-stands-alone',
      severity: 'error',
      from: { path: '^src/vite(\\.ts$|/)' },
      to: { path: '^src/(?!vite/)' },
    },
    {
      name: 'nothing-imports-entries',
      comment: 'But for the executable of one file, which is made of the two halves.',
      severity: 'error',
      from: { pathNot: '^src/entry/' },
      to: { path: '^src/(index|inspect|vite|entry/(page|process))\\.ts$' },
    },
    {
      name: 'no-runtime-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/vite(\\.ts$|/)' },
      to: { pathNot: '^src/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.lib.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
