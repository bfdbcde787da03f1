// A browser that runs files of tests one after another, each in a page of its own: test/engines/page.ts.
//
//   the page                                this side
//   GET alive     ------------------------>  held open: it breaks when the page crashes
//   GET plan      ------------------------>  which file? (waits until there is one)
//   POST report   ------------------------>  hello, each test as it begins, what came of the file
//   loads itself again
//
// Engines keep some of what ended workers had for as long as the browser lives (Firefox starts nothing for up to a minute
// after some 200 at a time), so a browser is given up after it has started so many.

import { launch } from './launch.mjs';
import { cpuOf } from './system.mjs';

/** A page that says nothing for so long hangs; a test may ask for more time than that. */
const SILENCE_MS = 120_000;
const MARGIN_MS = 20_000;
const WORKERS = 1500;

let count = 0;

export class TestBrowser {
  id = String(++count);
  isHealthy = true;
  #url;
  #launched;
  /** Started by the first file. */
  #browser;
  #workers = 0;
  /** The page that waits for a file, as the answer that it waits for. */
  #waiting;
  #plan;
  #alive;
  #onReport = (_report) => {};
  #onGone = () => {};

  /** @param engine what runs there, as reports name it; @param launched the browser; @param url the address of the page */
  constructor(engine, launched, url) {
    this.engine = engine;
    this.#launched = launched;
    const address = new URL(url);
    address.searchParams.set('browser', this.id);
    this.#url = address.href;
  }

  /** Takes a request of the page, if it is one for this side. */
  async answer(request, response) {
    const path = new URL(request.url, 'http://localhost').pathname;
    switch (path) {
      case '/engines/plan':
        this.#waiting = response;
        this.#assign();
        return true;
      case '/engines/alive':
        response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
        this.#alive = request;
        request.once('close', () => {
          // Of the page before, that may be late.
          if (request === this.#alive) this.#onGone();
        });
        return true;
      case '/engines/report': {
        const chunks = await request.toArray();
        response.end();
        this.#onReport(JSON.parse(Buffer.concat(chunks).toString()));
        return true;
      }
      default:
        return false;
    }
  }

  #assign() {
    if (this.#waiting === undefined || this.#plan === undefined) return;
    this.#waiting.end(JSON.stringify(this.#plan));
    this.#waiting = this.#plan = undefined;
  }

  /** Runs a file to its end, or until the browser crashes or falls silent: then `crash` says which. */
  async run(file) {
    const failures = [];
    let test = '';
    let silence;
    let resolve;
    const outcome = new Promise((done) => {
      resolve = done;
    });
    const alive = (ms = SILENCE_MS) => {
      clearTimeout(silence);
      silence = setTimeout(() => resolve({ crash: `no progress for ${ms / 1000} s` }), ms);
    };
    this.#onGone = () => resolve({ crash: 'the page crashed' });
    this.#onReport = (report) => {
      alive(report.type === 'test' ? Math.max(SILENCE_MS, report.timeout + MARGIN_MS) : SILENCE_MS);
      if (report.type === 'hello' && report.isolated === this.engine.endsWith('plain')) {
        resolve({ crash: report.isolated ? 'isolated' : 'not isolated' });
      }
      if (report.type === 'test') test = report.name;
      if (report.type === 'stray') failures.push({ ...report.failure, test: test || file });
      if (report.type === 'result') resolve(report);
    };
    this.#plan = { file };
    alive();
    const began = Date.now();
    this.#browser ??= await launch(this.#launched, this.#url);
    this.#browser.exited.then(() => resolve({ crash: 'the browser ended' }));
    const cpu = cpuOf(this.#browser.pid);
    this.#assign();
    const result = await outcome;
    clearTimeout(silence);
    this.#onReport = this.#onGone = () => {};
    // That page goes now, and is no loss.
    this.#alive = undefined;
    failures.push(...(result.failures ?? []));
    this.#workers += result.workers ?? 0;
    if (result.crash !== undefined || failures.length > 0 || this.#workers > WORKERS) this.isHealthy = false;
    const ms = Date.now() - began;
    return { ...result, failures, test, ms, cpuMs: cpuOf(this.#browser.pid) - cpu, workers: result.workers ?? 0 };
  }

  async close() {
    this.#onReport = this.#onGone = () => {};
    await this.#browser?.close();
  }
}
