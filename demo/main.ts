// The page: what this browser allows, and a card for each example.

import * as mp from 'web-multiprocessing';
import { Card } from './card.ts';
import { byId, element, isOn, turn } from './dom.ts';
import { listen } from './run.ts';
import { tour } from './tour/index.ts';

const allowed = globalThis.crossOriginIsolated;
const cards = tour.map((example, index) => new Card(example, index + 1));

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
  byId('contents').append(
    ...tour.map(({ id, title }, index) =>
      element('a', { href: `#${id}` }, element('span', { class: 'number' }, String(index + 1)), ` ${title}`),
    ),
  );
  byId('tour').append(...cards.map((card) => card.element));
}

function refuseToRun(): void {
  for (const card of cards) card.disable();
  turn(byId('run-all'), false);
  const text = 'The browser withholds shared memory from this page, so nothing here can run. Serve the page with ';
  const headers = ['Cross-Origin-Opener-Policy: same-origin', 'Cross-Origin-Embedder-Policy: require-corp'];
  const [opener = '', embedder = ''] = headers.map((header) => element('code', {}, header));
  byId('tour').prepend(element('p', { class: 'warning', role: 'alert' }, text, opener, ' and ', embedder, '.'));
}

async function runAll(): Promise<void> {
  const button = byId('run-all');
  if (!isOn(button)) return;
  turn(button, false);
  await Promise.all(cards.map((card) => card.run()));
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
if (allowed) listen();
else refuseToRun();
