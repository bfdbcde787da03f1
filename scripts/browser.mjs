// Finds a Chromium for tests and benchmarks, and installs one where there is none.
//
// Run by itself it prints the path. Set CHROMIUM to name a browser of your own.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { aptInstall, isRoot } from './system.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const FIXED_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * The popup of the address bar is two pages, which Chromium renders for each window though nobody sees it: a third of what the
 * end-to-end tests computed. The others are Playwright's own list, which this one replaces.
 */
const DISABLED = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** Keeps the browser from calling home and from what a headless machine has not. */
export const launchArgs = [
  `--disable-features=${DISABLED.join(',')}`,
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
  '--disable-gpu',
  ...(isRoot ? ['--no-sandbox'] : []),
];

/** There, and able to start: a downloaded browser may lack the system's libraries. */
function works(path) {
  if (!path || !existsSync(path)) return false;
  return process.platform === 'win32' || spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

const onPath = () =>
  (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));

const find = () => [process.env.CHROMIUM, chromium.executablePath(), ...onPath(), ...FIXED_PLACES].find(works);

/** Playwright's own browser, and the system's libraries that it needs where we may install them. */
function download() {
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url));
  const playwright = (command) =>
    spawnSync(process.execPath, [cli, command, 'chromium'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 300_000,
    }).status === 0;
  if (playwright('install') && isRoot && !find()) playwright('install-deps');
}

let known;

/** The path of a Chromium that works on this machine. */
export function browserPath() {
  known ??= find();
  for (const install of [download, () => aptInstall('chromium')]) {
    if (known) break;
    console.log('No Chromium found: installing one.');
    install();
    known = find();
  }
  if (!known) throw new Error('No Chromium found. Install Chrome or Chromium, or set CHROMIUM to the path of one.');
  return known;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(browserPath());
