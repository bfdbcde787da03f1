// Starts a browser on a page, headless and with a fresh profile, and installs the browser where it is missing.
//
// `launch('firefox', url)` answers `{ pid, exited, close }`: its first process, a promise for its end, and the way to end it.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { browserPath, launchArgs } from './browser.mjs';
import { remove } from './remove.mjs';
import { aptInstall } from './system.mjs';

/** The first of these that exists; installs the packages and looks again if none does. */
function demand(what, find, packages) {
  const path = find() ?? (aptInstall(...packages) ? find() : undefined);
  if (!path) throw new Error(`${what} is missing. On Debian or Ubuntu: apt-get install ${packages.join(' ')}`);
  return path;
}

const onPath = (...names) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => existsSync(path));

/** Runs a program in a process group of its own, so that all its children end with it. */
function run(path, args, options = {}) {
  const child = spawn(path, args, { detached: true, stdio: 'ignore', ...options });
  const exited = new Promise((done) => child.once('exit', done).once('error', done));
  const end = () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  process.once('exit', end);
  const close = async () => {
    process.off('exit', end);
    end();
    await exited;
  };
  return { child, pid: child.pid, exited, close };
}

function chromium(url, profile) {
  return run(browserPath(), ['--headless', `--user-data-dir=${profile}`, '--js-flags=--expose-gc', ...launchArgs, url]);
}

/** No first-run pages, no updates, no traffic of its own. */
const firefoxPreferences = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.getAddons.cache.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

function firefoxPath() {
  const find = () =>
    [process.env.FIREFOX, onPath('firefox', 'firefox-esr'), '/Applications/Firefox.app/Contents/MacOS/firefox'].find(
      (path) => path && existsSync(path),
    );
  return demand('Firefox', find, ['firefox-esr']);
}

function firefox(url, profile) {
  const lines = Object.entries(firefoxPreferences).map(
    ([key, value]) => `user_pref("${key}", ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  return run(firefoxPath(), ['--headless', '--no-remote', '--profile', profile, url], {
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
}

const xvfbPath = () => demand('Xvfb', () => onPath('Xvfb'), ['xvfb']);

/** A virtual screen for what has no headless mode. */
async function screen() {
  const args = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const server = run(xvfbPath(), args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const output = /** @type {import('node:stream').Readable} */ (server.child.stdio[3]);
  const number = await Promise.race([
    new Promise((done) => output.once('data', (data) => done(String(data).trim()))),
    server.exited.then(() => undefined),
  ]);
  if (!number) throw new Error('Xvfb did not start.');
  return { display: `:${number}`, close: server.close };
}

function webkitPath() {
  const libraries = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`) : [];
  const find = () =>
    ['/usr/libexec', '/usr/lib', ...libraries]
      .map((folder) => join(folder, 'webkit2gtk-4.1', 'MiniBrowser'))
      .find((path) => existsSync(path));
  return demand('WebKitGTK', find, ['libwebkit2gtk-4.1-0', 'webkit2gtk-driver']);
}

async function webkit(url, profile, options = {}) {
  const { display, close: closeScreen } = await screen();
  const browser = run(webkitPath(), ['--private', url], {
    env: {
      ...process.env,
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      HOME: profile,
      XDG_CACHE_HOME: profile,
      XDG_CONFIG_HOME: profile,
      XDG_DATA_HOME: profile,
      // Of the language "C" WebKit makes a tag that its own Intl refuses.
      LANG: 'en_US.UTF-8',
      LANGUAGE: 'en',
      JSC_useSharedArrayBuffer: '1',
      ...options,
      // It draws nothing that anyone sees, in a machine without a graphics card.
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      // Its sandbox needs user namespaces, which containers and root do not have.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    },
  });
  const close = async () => {
    await browser.close();
    await closeScreen();
  };
  return { ...browser, close };
}

/** WebKit that optimizes nearly at once what else it does only after minutes: its optimizer has bugs of its own. */
const eager = (url, profile) => webkit(url, profile, { JSC_jitPolicyScale: '0.1', JSC_useConcurrentJIT: '0' });

const engines = { chromium, firefox, webkit, 'webkit-eager': eager };

export const engineNames = Object.keys(engines);

/** Installs what an engine needs, where it is missing. */
export function demandEngine(engine) {
  if (engine === 'chromium') browserPath();
  else if (engine === 'firefox') firefoxPath();
  else {
    webkitPath();
    xvfbPath();
  }
}

/** Starts one of the engines on a page. */
export async function launch(engine, url) {
  const profile = mkdtempSync(join(tmpdir(), `${engine}-profile-`));
  const { pid, exited, close } = await engines[engine](url, profile);
  return {
    pid,
    exited,
    async close() {
      await close();
      await remove(profile);
    },
  };
}
