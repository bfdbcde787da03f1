// Results of the benchmarks in Markdown, for the terminal and for docs/performance.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = `${root}bench/results/latest.json`;
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

/** All sides of a row, from ours to CPython. */
function sidesOf(row, versions) {
  const sides = [
    { name: 'ours', figure: row.ours, compared: '' },
    ...Object.entries(row.peers).map(([name, figure]) => ({
      name: versions[name] ? `${name} ${versions[name]}` : name,
      figure,
      compared: versus(row.ratios[name]),
    })),
  ];
  if (row.cpython === null) return sides;
  const others = Object.entries(row.cpythonOthers).map(([name, figure]) => `${name} ${short(figure)}`);
  const toPython = { ratio: row.ratioToCpython, ...row.rangeToCpython, goal: row.cpythonGoal, met: row.cpythonMet };
  const name = others.length > 0 ? `CPython (${others.join(', ')})` : 'CPython';
  return [...sides, { name, figure: row.cpython, compared: versus(toPython) }];
}

/** A line for the row, and one for each side. */
function rowLines(row, versions) {
  const sides = sidesOf(row, versions);
  const speed = ({ figure }) => (figure === null ? 0 : row.lowerIsBetter ? 1 / figure : figure);
  const best = Math.max(...sides.map(speed));
  return [
    [`**${row.name}**`, row.unit, '', ''],
    ...sides.map((side) => [
      side.name,
      short(side.figure),
      side.figure === null ? 'failed' : bar(speed(side) / best),
      side.compared,
    ]),
  ];
}

function areas({ rows, peers }) {
  return [...new Set(rows.map(({ area }) => area))].map((area) => {
    const its = rows.filter((row) => row.area === area);
    const lines = [['', '', 'how fast', 'ours to it'], ...its.flatMap((row) => rowLines(row, peers))];
    return `### ${area}\n\n${markdown(lines, [1])}`;
  });
}

function chartTable({ x, unit, series }, versions) {
  const values = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const lines = series.map(({ name, points }) => {
    const at = new Map(points);
    return [versions[name] ? `${name} ${versions[name]}` : name, ...values.map((value) => short(at.get(value)))];
  });
  const head = [`${unit}, by ${x.name}`, ...values.map((value) => short(value) + (x.unit && ` ${x.unit}`))];
  return markdown(
    [head, ...lines],
    values.map((_, column) => column + 1),
  );
}

const charts = ({ growth, peers }) => growth.map((chart) => `### ${chart.name}\n\n${chartTable(chart, peers)}`);

/** How many of the goals are met, and which are not. */
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
const setting = ({ machine, browser, python, quick, rounds, load }) =>
  [
    machine,
    browser,
    python ?? 'no python3',
    `medians of ${rounds}${quick ? ', a quick run' : ''}`,
    `load before it ${load}`,
  ].join('; ');

/** All of a report. */
export const block = (report) =>
  [`${setting(report)}. ${verdict(report)}`, ...areas(report), ...charts(report)].join('\n\n');

/** docs/performance.md as it is, and as the last results want it. */
export function documents() {
  const report = JSON.parse(readFileSync(RESULTS, 'utf8'));
  const now = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [now.indexOf(BEGIN), now.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md lacks "${BEGIN}" or "${END}"`);
  return { now, wanted: `${now.slice(0, begin)}${BEGIN}\n${block(report)}\n${now.slice(end)}` };
}

export const writeResults = (report) => writeFileSync(RESULTS, `${JSON.stringify(report, null, 2)}\n`);
export const writeDocument = () => writeFileSync(DOCUMENT, documents().wanted);
