// A page of the bench in one of the engines, which asks for orders (bench/orders.ts).

import { json } from 'node:stream/consumers';
import { launch } from './launch.mjs';
import { isolation, serve } from './serve.mjs';

/** What an engine says of itself, as people call it. */
const NAMES = {
  chromium: ['Chromium', /Chrome\/([\d.]+)/],
  firefox: ['Firefox', /Firefox\/([\d.]+)/],
  webkit: ['WebKitGTK, as Safari', /Version\/([\d.]+)/],
};

export class BenchBrowser {
  #engine;
  #query;
  #isBusy;
  #servers;
  /** The browser, and whether its page is one without isolation. */
  #browser;
  #isApart = false;
  /** What the page has said with its last question, how that is answered, and who waits for the next. */
  #said;
  #give;
  #listener;
  /** Its name and version, once a page has been opened. */
  version = '';

  /** @param {{ folder: string, query: string, isBusy: boolean }} options what was built, and whether all cores are kept busy */
  static async start(engine, { folder, query, isBusy }) {
    const opened = new BenchBrowser();
    opened.#engine = engine;
    opened.#query = query;
    opened.#isBusy = isBusy;
    const post = async (request) => {
      opened.#said = await json(request);
      return new Promise((give) => {
        opened.#give = give;
        opened.#listener?.();
      });
    };
    opened.#servers = await Promise.all(
      [isolation, {}].map((headers) => serve(folder, { headers, cached: true, post })),
    );
    await opened.open(false);
    return opened;
  }

  /** Opens a page anew, in a browser anew: something may be left behind in the old one. */
  async open(isApart) {
    await this.#browser?.close();
    this.#isApart = isApart;
    this.#said = undefined;
    this.#browser = await launch(this.#engine, `${this.#servers[isApart ? 1 : 0].url}page.html${this.#query}`);
    const userAgent = await this.#heard(60_000);
    const [name, pattern] = NAMES[this.#engine];
    this.version = `${name} ${pattern.exec(userAgent)?.[1] ?? ''}`;
    if (this.#isBusy) await this.#order('keepBusy', [], 60_000);
  }

  /** Calls a function of a page of the wanted kind. Where that fails the next call has a page anew. */
  async call(name, args, { late, isApart = this.#isApart }) {
    if (isApart !== this.#isApart) await this.open(isApart);
    try {
      return await this.#order(name, args, late);
    } catch (error) {
      await this.open(this.#isApart);
      throw error;
    }
  }

  #order(name, args, late) {
    this.#said = undefined;
    this.#give({ name, args });
    return this.#heard(late);
  }

  /** What the page answers, with which it asks for more. */
  async #heard(late) {
    const heard = () => this.#said !== undefined;
    let timer;
    await new Promise((done, fail) => {
      if (heard()) return done(undefined);
      this.#listener = done;
      timer = setTimeout(() => fail(new Error(`took longer than ${late / 1000} s`)), late);
      this.#browser.exited.then(() => fail(new Error('the browser has ended')));
    }).finally(() => clearTimeout(timer));
    if ('error' in this.#said) throw new Error(this.#said.error);
    return this.#said.value;
  }

  async close() {
    await this.#browser?.close();
    for (const server of this.#servers) server.close();
  }
}
