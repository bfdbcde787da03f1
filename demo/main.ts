// The page: what this browser allows, a card for each example, a section for each of the larger ones, and the monitor.

import * as mp from 'web-multiprocessing';
import { Card } from './card.ts';
import { follow } from './contents.ts';
import { byId, element, isOn, turn } from './dom.ts';
import { Monitor } from './monitor/monitor.ts';
import { listen } from './run.ts';
import { loadSections, missing } from './sections.ts';
import { tour } from './tour/index.ts';

const isShared = mp.capabilities().mode === 'shared';
const isPlain = location.pathname.endsWith('/plain.html');
const cards = tour.map((example, index) => new Card(example, index + 1));
const loading = loadSections();
const monitor = new Monitor();

function showFacts(): void {
  const cores = mp.cpuCount();
  const facts = [
    fact(isShared, isShared ? 'Cross-origin isolated' : 'Not cross-origin isolated'),
    fact(isShared, isShared ? 'Shared memory' : 'No shared memory'),
    fact(true, cores === 1 ? '1 core' : `${cores} cores`),
  ];
  byId('facts').append(...facts);
}

/** Which way it works here, and where the other one can be seen. */
function showMode(): void {
  const other = isPlain
    ? ['./', 'the page in shared memory']
    : ['plain.html', 'the page without isolation, by message'];
  const told = isShared
    ? 'Here processes share memory.'
    : 'Here processes work by message: what needs shared memory says so.';
  const link = element('a', { href: other[0] }, `See ${other[1]}`);
  byId('mode').append(told, ...(isShared === isPlain ? [] : [' ', link, '.']));
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
      if (isShared || section.needs === undefined) section.begin?.();
      else section.disable?.();
    } catch (error) {
      section.element.replaceWith(missing(name, error).element);
    }
  }
  // The browser looked for it when the page was loaded, before it was there.
  const id = location.hash.slice(1);
  if (sections.some(([, part]) => part.element.id === id)) byId(id).scrollIntoView();
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
showMode();
showCards();
themeToggle();
copyButton();
byId('run-all').addEventListener('click', () => void runAll());
if (!isShared) for (const card of cards) if (card.needs !== undefined) card.disable();
listen();
monitor.begin();
await showSections();
