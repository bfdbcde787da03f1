// Runs a row's twin in CPython, where there is one on the PATH.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = fileURLToPath(new URL('../bench/python/', import.meta.url));
const MEASURE_MS = 60_000;

const run = promisify(execFile);

/** `python3`'s version, or null where there is none. */
export async function pythonVersion() {
  try {
    const { stdout } = await run('python3', ['--version']);
    return stdout.trim().replace('Python', 'CPython');
  } catch {
    return null;
  }
}

/** Measures once: an object of figures, of which the first is the one to compare with. */
export async function measureInPython(script) {
  // -B leaves no __pycache__ behind.
  const { stdout } = await run('python3', ['-B', `${folder}${script}.py`], { timeout: MEASURE_MS });
  return JSON.parse(stdout);
}
