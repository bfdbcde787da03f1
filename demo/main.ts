// The page: what this browser allows, a card for each example, a section for each of the larger ones, and the monitor.

import * as mp from 'web-multiprocessing';
import { Card } from './card.ts';
import { follow } from './contents.ts';
import { byId, element, isOn, turn } from './dom.ts';
import { Monitor } from './monitor/monitor.ts';
import { listen } from './run.ts';
import { loadSections, missing } from './sections.ts';
import { tour } from './tour/index.ts';

const allowed = globalThis.crossOriginIsolated;
const cards = tour.map((example, index) => new Card(example, index + 1));
const loading = loadSections();
const monitor = new Monitor();

function showFacts(): void {
  const cores = mp.cpuCount();
  const facts = [
    fact(allowed, allowed ? 'Cross-origin isolated' : 'Not cross-origin isolated'),
    fact(allowed, allowed ? 'Shared memory' : 'No shared memory'),
    fact(true, cores === 1 ? '1 core' : `${cores} cores`),
  ];
  byId('facts').append(...facts);
}

const fact = (good: boolean, text: string): HTMLElement => element('li', { class: good ? 'good' : 'bad' }, text);

function showCards(): void {
  const examples = tour.map(({ id, title }, index) =>
    element('a', { href: `#${id}` }, element('span', { class: 'number' }, String(index + 1)), ` ${title}`),
  );
  byId('contents').append(...examples);
  byId('tour').append(...cards.map((card) => card.element));
  document.body.append(monitor.element);
}

async function showSections(): Promise<void> {
  const sections = await loading;
  const links = sections.map(([name, part]) => element('a', { href: `#${part.element.id}` }, name));
  byId('contents').append(...links);
  byId('tour').append(...sections.map(([, part]) => part.element));
  follow(byId('contents'));
  for (const [name, section] of sections) {
    try {
      section.shown?.();
      if (allowed) section.begin?.();
      else section.disable?.();
    } catch (error) {
      section.element.replaceWith(missing(name, error).element);
    }
  }
  // The browser looked for it when the page was loaded, before it was there.
  const id = location.hash.slice(1);
  if (sections.some(([, part]) => part.element.id === id)) byId(id).scrollIntoView();
}

function refuseToRun(): void {
  for (const card of cards) card.disable();
  turn(byId('run-all'), false);
  byId('monitor-button').hidden = true;
  const text = 'The browser withholds shared memory from this page, so nothing here can run. Serve the page with ';
  const code = (header: string): HTMLElement => element('code', {}, header);
  const both = [
    code('Cross-Origin-Opener-Policy: same-origin'),
    ' and ',
    code('Cross-Origin-Embedder-Policy: require-corp'),
  ];
  const one = code('Document-Isolation-Policy: isolate-and-credentialless');
  byId('tour').prepend(
    element('p', { class: 'warning', role: 'alert' }, text, ...both, ', or, for Chrome and Edge, with ', one, '.'),
  );
}

async function runAll(): Promise<void> {
  const button = byId('run-all');
  if (!isOn(button)) return;
  turn(button, false);
  await Promise.all(cards.filter(({ isTimed }) => !isTimed).map((card) => card.run()));
  for (const card of cards) if (card.isTimed) await card.run();
  turn(button, true);
}

/** The system's theme, until the visitor asks for the other one. */
function themeToggle(): void {
  const button = byId('theme');
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = (): boolean => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const label = (): void => button.setAttribute('aria-label', `Switch to the ${isDark() ? 'light' : 'dark'} theme`);
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    root.dataset.theme = theme;
    label();
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // Storage is blocked: it holds until the page is left.
    }
  });
  system.addEventListener('change', label);
  label();
}

function copyButton(): void {
  const button = byId('copy');
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText('npm install web-multiprocessing').then(
      () => true,
      () => false,
    );
    button.textContent = copied ? 'Copied' : 'Press Ctrl C';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  });
}

showFacts();
showCards();
themeToggle();
copyButton();
byId('run-all').addEventListener('click', () => void runAll());
if (allowed) {
  listen();
  monitor.begin();
} else refuseToRun();
await showSections();
