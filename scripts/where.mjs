// Where the time of the tests went, by the reports of their last run: `npm run test:where`.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILES = 15;
const TESTS = 15;

const columns = (rows) => {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  const cell = (value, i) => (i === 0 ? String(value).padEnd(widths[i]) : String(value).padStart(widths[i]));
  return rows.map((row) => `  ${row.map(cell).join('  ')}`).join('\n');
};

const seconds = (ms) => (ms / 1000).toFixed(1);
const sum = (all, key) => all.reduce((total, it) => total + it[key], 0);

function ofBrowsers(files) {
  const line = (name, its) => {
    const [ms, cpuMs] = [sum(its, 'ms'), sum(its, 'cpuMs')];
    const tests = its.reduce((total, it) => total + it.tests.length, 0);
    // A browser has several threads, so what it computed may be more than the time that went by.
    return [name, tests, seconds(ms), seconds(cpuMs), seconds(Math.max(0, ms - cpuMs)), sum(its, 'workers')];
  };
  const engines = [...new Set(files.map(({ engine }) => engine))];
  const longest = files.toSorted((a, b) => b.ms - a.ms).slice(0, FILES);
  const rows = [
    ...engines.map((engine) =>
      line(
        engine,
        files.filter((it) => it.engine === engine),
      ),
    ),
    ...longest.map((it) => line(`${it.engine} ${it.file}`, [it])),
  ];
  return `Unit and contract tests:\n${columns([['', 'tests', 'seconds', 'of them computing', 'waiting', 'workers'], ...rows])}`;
}

const specsOf = ({ file, specs = [], suites = [] }) => [
  ...specs.map((spec) => ({ ...spec, file })),
  ...suites.flatMap(specsOf),
];

function ofE2e(report) {
  const tests = specsOf(report).flatMap(({ file, title, tests: runs }) =>
    runs.map(({ projectName, results }) => ({ file: `[${projectName}] ${file}`, title, ms: sum(results, 'duration') })),
  );
  const files = [...new Set(tests.map(({ file }) => file))].map((name) => {
    const its = tests.filter(({ file }) => file === name);
    return { name, count: its.length, ms: sum(its, 'ms') };
  });
  const rows = files.sort((a, b) => b.ms - a.ms).map(({ name, count, ms }) => [name, count, seconds(ms)]);
  return {
    text: `End-to-end tests:\n${columns([['', 'tests', 'seconds'], ...rows])}`,
    tests: tests.map(({ file, title, ms }) => ({ name: `${file} > ${title}`, ms })),
  };
}

/** The tables, by file, engine and test. */
export function where(folder) {
  const read = (name) =>
    existsSync(`${folder}/${name}`) ? JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) : undefined;
  const [files, report] = [read('engines.json') ?? [], read('e2e.json')];
  const e2e = report && ofE2e(report);
  const tests = [
    ...files.flatMap(({ engine, tests: its }) => its.map(({ name, ms }) => ({ name: `${engine} ${name}`, ms }))),
    ...(e2e?.tests ?? []),
  ];
  const longest = tests.sort((a, b) => b.ms - a.ms).slice(0, TESTS);
  const rows = longest.map(({ name, ms }) => `  ${seconds(ms).padStart(6)}  ${name}`);
  const parts = [...(files.length > 0 ? [ofBrowsers(files)] : []), ...(e2e ? [e2e.text] : [])];
  return [...parts, `The longest tests, in seconds:\n${rows.join('\n')}`].join('\n\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(where(fileURLToPath(new URL('../.cache/results', import.meta.url))));
}
