// Results of the benchmarks in Markdown, for the terminal and for docs/performance.md.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const resultsOf = (engine, isBusy) => `${root}bench/results/${engine}${isBusy ? '-busy' : ''}.json`;

export const ENGINES = ['chromium', 'firefox', 'webkit'];
const DOCUMENT = `${root}docs/performance.md`;
const BEGIN = '<!-- npm run bench: begin -->';
const END = '<!-- npm run bench: end -->';

/** Eighths of a block, from one to eight. */
const BLOCKS = '▏▎▍▌▋▊▉█';
/** Blocks of the longest bar, and by how many a bar of a tenth is shorter. */
const LONGEST = 12;
const A_TENTH = 4;

/** Three significant digits, with a suffix where that is shorter: 1.23 M. */
export function short(number) {
  if (number === null || number === undefined) return '-';
  for (const [size, suffix] of /** @type {const} */ ([
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ])) {
    if (Math.abs(number) >= size) return Number((number / size).toPrecision(3)) + suffix;
  }
  return String(Number(number.toPrecision(3)));
}

/** @param part of the best, on a scale of logarithms */
function bar(part) {
  const eighths = Math.max(1, Math.round(8 * (LONGEST + A_TENTH * Math.log10(part))));
  return '█'.repeat(eighths >> 3) + (BLOCKS[(eighths & 7) - 1] ?? '');
}

const markdown = (lines, right = []) => {
  const rule = lines[0].map((_, column) => (right.includes(column) ? '---:' : '---'));
  return [lines[0], rule, ...lines.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

/** `1.93x (1.8 to 2.1), goal 2: MISSED` */
function versus({ ratio, lowest, highest, goal, met }) {
  const verdict = met === null ? '' : `goal ${short(goal)}: ${met ? 'met' : '**missed**'}`;
  if (ratio === undefined || ratio === null) return verdict || '-';
  const compared = `${short(ratio)}x (${short(lowest)} to ${short(highest)})`;
  return verdict ? `${compared}, ${verdict}` : compared;
}

const label = (name, versions) => (versions[name] ? `${name} ${versions[name]}` : name);

/** A side's figure, and how ours compares with it. */
function sideOf(row, name) {
  if (row === undefined) return { figure: null, compared: '' };
  if (name === 'ours') return { figure: row.ours, compared: '' };
  if (name !== 'CPython')
    return { figure: row.peers[name] ?? null, compared: versus(row.ratios[name] ?? { met: null }) };
  if (row.cpython === null) return { figure: null, compared: '' };
  const toPython = { ratio: row.ratioToCpython, ...row.rangeToCpython, goal: row.cpythonGoal, met: row.cpythonMet };
  return { figure: row.cpython, compared: versus(toPython) };
}

/** What CPython can do beside that, for which there is no goal. */
const othersOf = (row) => Object.entries(row.cpythonOthers).map(([name, figure]) => `${name} ${short(figure)}`);

/** A line for the row, and one for each side: how fast it is in the first engine, and how ours compares in each. */
function rowLines(name, reports) {
  const rows = reports.map(({ rows }) => rows.find((row) => row.name === name));
  const [first] = rows.filter((row) => row !== undefined);
  const sides = ['ours', ...Object.keys(first.peers), ...(first.cpython === null ? [] : ['CPython'])];
  const figures = sides.map((side) => sideOf(first, side).figure);
  const speed = (figure) => (figure === null ? 0 : first.lowerIsBetter ? 1 / figure : figure);
  const best = Math.max(...figures.map(speed));
  return [
    [`**${name}**`, first.unit, '', ...reports.map(() => '')],
    ...sides.map((side, index) => {
      const others = side === 'CPython' ? othersOf(first) : [];
      return [
        others.length > 0 ? `${side} (${others.join(', ')})` : label(side, reports[0].peers),
        short(figures[index]),
        figures[index] === null ? 'failed' : bar(speed(figures[index]) / best),
        ...rows.map((row) => (side === 'ours' && row !== first ? `${short(row?.ours)}` : sideOf(row, side).compared)),
      ];
    }),
  ];
}

function areas(reports) {
  const all = reports.flatMap(({ rows }) => rows);
  return [...new Set(all.map(({ area }) => area))].map((area) => {
    const names = new Set(all.filter((row) => row.area === area).map(({ name }) => name));
    const head = ['', '', `how fast, ${reports[0].browser}`, ...reports.map(({ browser }) => `ours to it, ${browser}`)];
    const lines = [head, ...[...names].flatMap((name) => rowLines(name, reports))];
    return `### ${area}${reports[0].isBusy ? ', busy' : ''}\n\n${markdown(lines, [1])}`;
  });
}

function chartTable({ x, unit, series }, versions) {
  const values = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const lines = series.map(({ name, points }) => {
    const at = new Map(points);
    return [label(name, versions), ...values.map((value) => short(at.get(value)))];
  });
  const head = [`${unit}, by ${x.name}`, ...values.map((value) => short(value) + (x.unit && ` ${x.unit}`))];
  return markdown(
    [head, ...lines],
    values.map((_, column) => column + 1),
  );
}

/** Each chart, in each engine. */
const charts = (reports) =>
  reports.flatMap(({ growth, peers, browser }) =>
    growth.map((chart) => `### ${chart.name}, ${browser}\n\n${chartTable(chart, peers)}`),
  );

/** How many of the goals are met in an engine, and which are not. */
function verdict({ rows }) {
  const judged = rows.flatMap((row) => [
    ...Object.entries(row.ratios).map(([peer, { met }]) => ({ name: `${row.name} (to ${peer})`, met })),
    { name: `${row.name} (to CPython)`, met: row.cpythonMet },
  ]);
  const missed = judged.filter(({ met }) => met === false).map(({ name }) => name);
  const count = judged.filter(({ met }) => met !== null).length;
  const all = `${count - missed.length} of ${count} goals are met`;
  return missed.length > 0 ? `${all}. Missed:\n\n${missed.map((name) => `- ${name}`).join('\n')}` : `${all}.`;
}

/** Where and how it was measured, in one line. */
const setting = ({ machine, browser, isBusy, python, quick, rounds, load }) =>
  [
    browser,
    isBusy ? 'all cores busy' : (python ?? 'no python3'),
    machine,
    `medians of ${rounds}${quick ? ', a quick run' : ''}`,
    `load before it ${load}`,
  ].join('; ');

/** All of some reports: of each engine, with and without a busy machine. */
export const block = (reports) =>
  [
    ...reports.map((report) => `${setting(report)}. ${verdict(report)}`),
    ...[false, true].flatMap((isBusy) => {
      const its = reports.filter((report) => (report.isBusy ?? false) === isBusy);
      return its.length > 0 ? [...areas(its), ...charts(its)] : [];
    }),
  ].join('\n\n');

/** docs/performance.md as it is, and as the last results want it. */
export function documents() {
  const files = [false, true].flatMap((isBusy) => ENGINES.map((engine) => resultsOf(engine, isBusy)));
  const reports = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const now = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [now.indexOf(BEGIN), now.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md lacks "${BEGIN}" or "${END}"`);
  return { now, wanted: `${now.slice(0, begin)}${BEGIN}\n${block(reports)}\n${now.slice(end)}` };
}

export const writeResults = (engine, report) =>
  writeFileSync(resultsOf(engine, report.isBusy), `${JSON.stringify(report, null, 2)}\n`);
export const writeDocument = () => writeFileSync(DOCUMENT, documents().wanted);
