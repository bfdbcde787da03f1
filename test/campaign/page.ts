// Runs the campaign, and reports to scripts/campaign.mjs.
//
// First each role is watched for a moment, with each driver: which steps does it come to? Each of these is then a place to
// kill at, at the first time and at some later time. Once all are through, kills are random.

import labels from 'virtual:labels';
import * as mp from '../../src/index.ts';
import type { Driver } from '../contract/harness.ts';
import './executable.ts';
import { Episode, type Killed, NOWHERE } from './episode.ts';
import { type Random, random } from './random.ts';
import type { AnyRole } from './role.ts';
import { roleNamed, roles } from './roles.ts';
import { ANY } from './step.ts';
import { type Aim, sleep } from './tasks.ts';

const query = new URLSearchParams(location.search);
const goal = Number(query.get('kills'));
const seed = Number(query.get('seed'));
const lanes = Number(query.get('lanes'));
const mostFailures = Number(query.get('failures'));
const real = Number(query.get('real'));
const only = query.get('only') ?? '';
/** role:driver:label:hit:seed */
const replay = query.get('replay')?.split(':');

/** Rounds of an episode: its survivors start once. */
const ROUNDS = 16;
/** How often to try for a step that a role came to once. */
const TRIES = 3;
const LATER = 30;
const ANYWHERE = 400;

const chosen = roles.filter(({ name }) => (replay ? name === replay[0] : name.includes(only)));
const names = ['async', 'sync'] as const satisfies Driver['name'][];

const report = async (what: object): Promise<void> => {
  await fetch('/report', { method: 'POST', body: JSON.stringify(what) });
};

/** What is to be done for a role, and what is known of it. */
interface Progress {
  readonly role: AnyRole;
  /** Systematic kills that are still to come. */
  readonly pending: (Aim & { tries: number })[];
  /** By driver: the most times that a victim was at each step. */
  readonly hits: Record<Driver['name'], Int32Array>;
  kills: number;
}

const all: Progress[] = chosen.map((role) => ({
  role,
  pending: names.map((driver) => ({ driver, label: NOWHERE, hit: 1, tries: 0 })),
  hits: { async: new Int32Array(labels.length), sync: new Int32Array(labels.length) },
  kills: 0,
}));

let kills = 0;
/** Kills of victims that did not come to their steps: not counted. */
let elsewhere = 0;
let failures = 0;
let episodes = 0;
/** The roles that are at work now. */
const running: string[] = [];
const killedAt = new Set<number>();
const reached = new Set<number>();

function learn(progress: Progress, { aim, at, hits }: Killed, dice: Random): void {
  const known = progress.hits[aim.driver];
  hits.forEach((n, label) => {
    if (n > 0) reached.add(label);
    if (known[label] === 0 && n > 0) {
      progress.pending.push({ driver: aim.driver, label, hit: 1, tries: 0 });
      const later = Math.min(n >> 1, LATER);
      if (later > 0) progress.pending.push({ driver: aim.driver, label, hit: 2 + dice.below(later), tries: 0 });
    }
    known[label] = Math.max(known[label] as number, n);
  });
  if (at !== undefined) {
    kills++;
    progress.kills++;
    killedAt.add(at);
  } else if (aim.label !== NOWHERE) {
    elsewhere++;
    const { tries = TRIES } = aim as Progress['pending'][number];
    // Not so late, then.
    const hit = tries === 0 ? Math.max(1, Math.min(aim.hit, known[aim.label] as number) >> 1) : 1;
    if (tries + 1 < TRIES) progress.pending.push({ ...aim, hit, tries: tries + 1 });
  }
}

function randomAim({ hits }: Progress, dice: Random): Aim {
  const driver = dice.pick(names);
  const known = [...hits[driver].entries()].filter(([, n]) => n > 0);
  const sum = known.reduce((all, [, n]) => all + n, 0);
  if (sum === 0) return { driver, label: NOWHERE, hit: 1 };
  if (dice.below(3) === 0) return { driver, label: ANY, hit: 1 + dice.below(Math.min(1 + (sum >> 1), ANYWHERE)) };
  const [label, most] = dice.pick(known);
  return { driver, label, hit: 1 + dice.below(Math.min(1 + (most >> 1), LATER)) };
}

const nextAim = (progress: Progress, dice: Random): Aim => progress.pending.shift() ?? randomAim(progress, dice);

/** Somebody who has systematic kills to do; once nobody has, anybody. */
function nextRole(dice: Random): Progress {
  const busy = all.filter(({ pending }) => pending.length > 0);
  if (busy.length > 0) return dice.pick(busy);
  for (;;) {
    const any = dice.pick(all);
    if (dice.below(any.role.rare ?? 1) === 0) return any;
  }
}

const isOver = (): boolean => kills >= goal || failures >= mostFailures;

async function fail(
  role: AnyRole,
  aims: readonly Aim[],
  itsSeed: number,
  error: unknown,
  where: string,
): Promise<void> {
  failures++;
  await report({
    type: 'failure',
    role: role.name,
    message: error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error),
    where,
    victims: aims.map(({ driver, label, hit }) => ({
      driver,
      hit,
      step: labels[label] ?? (label === ANY ? 'any step' : 'nowhere'),
      replay: [role.name, driver, label, hit, itsSeed].join(':'),
    })),
  });
}

async function runEpisode(progress: Progress, itsSeed: number, aimsOf: (dice: Random) => Aim): Promise<void> {
  const dice = random(itsSeed);
  const { role } = progress;
  const episode = new Episode(role, labels.length, real, dice);
  const most = Math.min(role.victims ?? 2, 2);
  let aims: Aim[] = [];
  running.push(role.name);
  try {
    for (let i = 0; i < (role.fresh ? 1 : ROUNDS) && !isOver(); i++) {
      aims = Array.from({ length: 1 + dice.below(most) }, () => aimsOf(dice));
      for (const killed of await episode.round(aims)) learn(progress, killed, dice);
    }
    aims = [];
    await episode.end();
  } catch (error) {
    await fail(role, aims, itsSeed, error, episode.describe());
    await episode.abandon();
  } finally {
    running.splice(running.indexOf(role.name), 1);
  }
}

async function lane(): Promise<void> {
  while (!isOver()) {
    const itsSeed = seed + ++episodes;
    const dice = random(-itsSeed);
    const progress = nextRole(dice);
    await runEpisode(progress, itsSeed, (its) => nextAim(progress, its));
  }
}

/** What leaks is reported to the console; in this campaign the dead leave much behind. */
console.warn = () => {};

await report({ type: 'hello', userAgent: navigator.userAgent, isolated: crossOriginIsolated });
const beat = setInterval(() => void report({ type: 'progress', kills, elsewhere, failures, running }), 1000);
try {
  if (replay) {
    const [name = '', driver, label, hit, itsSeed] = replay;
    const aim: Aim = { driver: driver as Driver['name'], label: Number(label), hit: Number(hit) };
    const progress = all.find(({ role }) => role === roleNamed(name)) as Progress;
    while (!isOver()) await runEpisode(progress, Number(itsSeed), () => aim);
  } else if (all.length === 0) await report({ type: 'failure', role: only, message: 'no such role', victims: [] });
  else await Promise.all(Array.from({ length: lanes }, lane));
  for (let i = 0; i < 500 && failures === 0 && mp.activeChildren().length > 0; i++) await sleep(10);
  const left = failures === 0 ? mp.activeChildren().length : 0;
  if (left > 0) await report({ type: 'failure', role: '(end)', message: `${left} processes are left`, victims: [] });
} catch (error) {
  await report({ type: 'failure', role: '(page)', message: `${error}\n${(error as Error).stack}`, victims: [] });
}
clearInterval(beat);
await report({
  type: 'end',
  kills,
  elsewhere,
  byRole: Object.fromEntries(all.map(({ role, kills }) => [role.name, kills])),
  killedAt: [...killedAt],
  reached: [...reached],
  labels,
});
