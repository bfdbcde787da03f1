// The page once more, as `plain.html`, which servers send without the headers of isolation: there all goes by message.

import { isolation, PLAIN } from '../scripts/serve.mjs';

/** @param {{ middlewares: import('vite').Connect.Server }} server */
function serve({ middlewares }) {
  middlewares.use((request, response, next) => {
    if (request.url?.split('?')[0] === PLAIN) {
      for (const name of Object.keys(isolation)) response.removeHeader(name);
      request.url = '/index.html';
    }
    next();
  });
}

/** After the plugin that sends the headers. @returns {import('vite').Plugin} */
export default function plain() {
  return {
    name: 'plain',
    enforce: 'post',
    configureServer: serve,
    configurePreviewServer: serve,
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('The page is not among what was built.');
      this.emitFile({ type: 'asset', fileName: PLAIN.slice(1), source: page.source });
    },
  };
}
