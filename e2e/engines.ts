// Built apps in the engines that Playwright does not drive here: what a page has to say it posts.

import { launch } from '../scripts/launch.mjs';
import { serve, strict } from '../scripts/serve.mjs';

/** Those that this run is asked for beside Chromium: `ENGINES`, as `npm test -- firefox webkit` sets it. */
export const otherEngines = (process.env.ENGINES ?? '').split(' ').filter((name) => /^(firefox|webkit)$/.test(name));

const LONGEST_MS = 200_000;

/** Serves a folder, under the strict policy if nothing else is said, opens a page of it in that engine, and answers what the page posts first. */
export async function toldBy(
  engine: string,
  folder: string,
  page: string,
  extra: Readonly<Record<string, string>> = {},
  headers: object = strict,
): Promise<unknown> {
  let tell: (told: unknown) => void = () => {};
  const told = new Promise<unknown>((resolve) => {
    tell = resolve;
  });
  const post = async (request: AsyncIterable<Uint8Array>): Promise<void> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    tell(JSON.parse(Buffer.concat(chunks).toString()));
  };
  const server = await serve(folder, { extra, headers, post });
  const browser = await launch(engine, server.url + page);
  const timer = setTimeout(() => tell(`nothing was heard of ${engine} in ${LONGEST_MS} ms`), LONGEST_MS);
  try {
    void browser.exited.then(() => tell(`${engine} ended`));
    return await told;
  } finally {
    clearTimeout(timer);
    await browser.close();
    server.close();
  }
}
