// Measures one row, or one chart of growth, for several rounds in which its sides take turns.

import { measureInPython } from './bench-python.mjs';

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const spread = (numbers) => ({ lowest: Math.min(...numbers), highest: Math.max(...numbers) });

/** How many times as good as theirs ours is; of the medians, and in the worst and the best round. */
function compare(ours, theirs, lowerIsBetter) {
  if (!ours || !theirs) return null;
  const ratio = (our, their) => (lowerIsBetter ? their / our : our / their);
  const each = ours.map((our, round) => ratio(our, theirs[round]));
  return { ratio: ratio(median(ours), median(theirs)), ...spread(each) };
}

/** @param worst what the worst round ought to be, if that has a goal, too */
const met = (goal, compared, worst = 0) =>
  goal === null ? null : compared !== null && compared.ratio >= goal && compared.lowest >= worst;

/** Goals of a row on a busy machine: to the best peer. */
const asBusy = (row) => ({ ...row, ...(row.busy === 'latency' ? { goal: 1, worst: 0.8 } : { goal: 3 }) });

/** All rounds of one row; a side that fails has no figures, and its error is told. */
export async function measureRow(inPage, row, { rounds, python, isBusy }) {
  const others = [];
  const measures = new Map(
    [null, ...row.peers].map((peer) => [peer ?? 'ours', () => inPage('measure', row.name, peer)]),
  );
  // CPython's processes have no workers beside them that compute.
  const twin = python === null || isBusy ? undefined : row.python;
  if (twin) {
    measures.set('CPython', async () => {
      const [[, figure], ...rest] = Object.entries(await measureInPython(twin.script));
      others.push(Object.fromEntries(rest));
      return figure;
    });
  }
  const sides = [...measures.keys()];
  const figures = new Map(sides.map((side) => [side, []]));
  const errors = [];
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? sides.toReversed() : sides) {
      if (!figures.has(side)) continue;
      try {
        figures.get(side).push(await measures.get(side)());
      } catch (error) {
        figures.delete(side);
        errors.push(`${row.name}, ${side}: ${error.message}`);
      }
    }
  }
  return { result: judge(isBusy ? asBusy(row) : row, figures, others, twin), errors };
}

/** What the rounds of a row come to. */
function judge(row, figures, others, twin) {
  const { lowerIsBetter = false, goal = null, worst } = row;
  const figure = (side) => (figures.has(side) ? median(figures.get(side)) : null);
  const better = (a, b) => (lowerIsBetter ? figure(a) < figure(b) : figure(a) > figure(b));
  const rivals = row.peers.filter((peer) => figures.has(peer));
  const best = rivals.reduce((a, b) => (better(b, a) ? b : a), rivals[0]);
  const goalOf = (peer) => (typeof goal === 'number' ? (peer === best ? goal : null) : (goal?.[peer] ?? null));
  const ratios = Object.fromEntries(
    row.peers.map((peer) => {
      const compared = compare(figures.get('ours'), figures.get(peer), lowerIsBetter);
      return [peer, { ...compared, goal: goalOf(peer), met: met(goalOf(peer), compared, worst) }];
    }),
  );
  const toPython = compare(figures.get('ours'), figures.get('CPython'), lowerIsBetter);
  const judged = Object.values(ratios).filter((ratio) => ratio.met !== null);
  return {
    area: row.area,
    name: row.name,
    unit: row.unit,
    lowerIsBetter,
    ours: figure('ours'),
    peers: Object.fromEntries(row.peers.map((peer) => [peer, figure(peer)])),
    bestPeer: best ?? null,
    ratioToBestPeer: ratios[best]?.ratio ?? null,
    // To the best of the peers, whoever that is; what is asked of one by name is in `ratios`.
    goal: typeof goal === 'number' ? goal : null,
    // No side, no verdict: then the goal counts as missed.
    met: goal === null ? null : judged.length > 0 && judged.every((ratio) => ratio.met),
    ratios,
    spread: Object.fromEntries([...figures].map(([side, numbers]) => [side, spread(numbers)])),
    cpython: figure('CPython'),
    // What else the twin printed, for which there is no goal.
    cpythonOthers: Object.fromEntries(
      Object.keys(others[0] ?? {}).map((name) => [name, median(others.map((round) => round[name]))]),
    ),
    ratioToCpython: toPython?.ratio ?? null,
    rangeToCpython: toPython && { lowest: toPython.lowest, highest: toPython.highest },
    cpythonGoal: row.python?.goal ?? null,
    // Without CPython nothing is judged.
    cpythonMet: twin?.goal === undefined ? null : met(twin.goal, toPython),
  };
}

/** All rounds of one chart. */
export async function measureGrowth(inPage, chart, rounds) {
  const { most = Number.POSITIVE_INFINITY } = chart;
  const figures = new Map(chart.series.map((side) => [side, new Map()]));
  const errors = [];
  const ended = new Set();
  for (const x of chart.x.values) {
    const alive = chart.series.filter((side) => !ended.has(side));
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 ? alive.toReversed() : alive) {
        const points = figures.get(side);
        try {
          const y = await inPage('grow', chart.name, side, x);
          if (y !== null) points.set(x, [...(points.get(x) ?? []), y]);
        } catch (error) {
          errors.push(`${chart.name}, ${side} at ${x}: ${error.message}`);
        }
      }
    }
    for (const side of alive) {
      const points = figures.get(side).get(x);
      if (!points || (side !== 'ours' && median(points) >= most)) ended.add(side);
    }
  }
  const { values: _, ...x } = chart.x;
  const series = [...figures].map(([name, points]) => ({
    name,
    points: [...points].map(([at, numbers]) => [at, median(numbers)]),
  }));
  return { result: { name: chart.name, x, unit: chart.unit, lowerIsBetter: chart.lowerIsBetter, series }, errors };
}
