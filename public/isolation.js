// Makes pages cross-origin isolated where the server cannot be told to send headers, as on GitHub Pages: a service worker,
// which adds them, and the script that registers it. The same file is both. docs/headers.md says how it is used.
//
//   <script src="/isolation.js"></script>                                  in the page, before other scripts
//   <script src="/isolation.js" data-policy="document"></script>           Document-Isolation-Policy, where others are embedded
//   <script src="/isolation.js" data-policy="credentialless"></script>     the Cross-Origin-Embedder-Policy
//   <script src="/isolation.js" data-worker="/sw.js"></script>             a service worker of your own, which imports it

(() => {
  const DEFAULT_POLICY = 'require-corp';

  // ---------------------------------------------------------------------------------------------- in the service worker

  function serve() {
    /** Documents and the scripts of workers have policies of their own; all else follows theirs. */
    const DESTINATIONS = ['document', 'iframe', 'frame', 'embed', 'object', 'worker', 'sharedworker'];

    const headersOf = (policy) =>
      policy === 'document'
        ? { 'Document-Isolation-Policy': 'isolate-and-credentialless' }
        : { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': policy };

    /** The response with the headers; as it is where it cannot be changed, or has been redirected already. */
    function isolate(response, policy = DEFAULT_POLICY) {
      if (response.status === 0 || response.status === 206 || response.redirected) return response;
      const headers = new Headers(response.headers);
      for (const [name, value] of Object.entries(headersOf(policy))) headers.set(name, value);
      const { body, status, statusText } = response;
      return new Response(body, { status, statusText, headers });
    }

    /** Whether a request is for what needs the headers. What comes from other origins is left to the browser. */
    const isConcerned = ({ url, destination }) =>
      DESTINATIONS.includes(destination) && new URL(url).origin === self.location.origin;

    self.isolation = { isolate, isConcerned };

    // Registered by this file, and not imported by another.
    const policy = new URL(self.location.href).searchParams.get('policy');
    if (policy === null) return;
    self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('fetch', (event) => {
      if (isConcerned(event.request)) {
        event.respondWith(fetch(event.request).then((response) => isolate(response, policy)));
      }
    });
  }

  // ---------------------------------------------------------------------------------------------- in the page

  /** The policies that this tab was reloaded for: it never is twice for the same. */
  const KEY = 'web-multiprocessing/isolation';

  async function register() {
    const { src, dataset } = document.currentScript;
    if (self.crossOriginIsolated) return remember([]);
    const wanted = dataset.policy ?? DEFAULT_POLICY;
    const isOfDocument = wanted === 'document';
    // By the other headers a frame is isolated with the page around it, or not at all.
    if (self.top !== self && !isOfDocument) return;
    if (!self.isSecureContext) return complain('it needs HTTPS or localhost');
    if (!('serviceWorker' in navigator)) return complain('this browser, or its private mode, has no service workers');

    const workerOf = (policy) => {
      const url = new URL(dataset.worker ?? src, document.baseURI);
      if (!dataset.worker) url.searchParams.set('policy', policy);
      return url.href;
    };
    const tried = triedBefore();
    // This page came through our own worker already, if in another tab: to reload it would change nothing.
    const came = dataset.worker ? undefined : navigator.serviceWorker.controller?.scriptURL;
    // A browser that does not know the policy is given the one that all know, if that is no stricter with others.
    const policy = [wanted, isOfDocument ? wanted : DEFAULT_POLICY].find(
      (it) => !tried.includes(it) && workerOf(it) !== came,
    );
    if (policy === undefined) {
      return complain(
        isOfDocument
          ? 'this browser does not know Document-Isolation-Policy, or the service worker did not help'
          : 'the service worker did not help',
      );
    }

    const release = hold();
    try {
      await Promise.race([ready(workerOf(policy)), tooLong()]);
      if (!remember([...tried, policy])) throw new Error('it was reloaded, and there is no storage to count how often');
      self.location.reload();
    } catch (error) {
      complain(error.message);
      await release();
    }
  }

  /** Until the service worker answers the next request. */
  async function ready(script) {
    const registration = await navigator.serviceWorker.register(script);
    if (!self.location.href.startsWith(registration.scope)) throw new Error(`it is outside of ${registration.scope}`);
    await activated(registration);
  }

  /** The page does not stand still for all that a service worker may load at its start. */
  const tooLong = () =>
    new Promise((_, failed) => {
      setTimeout(() => failed(new Error('the service worker is not ready yet; the next visit may be isolated')), LONGEST_MS);
    });
  const LONGEST_MS = 10_000;

  /** Until the newest worker is active. */
  function activated({ installing, waiting, active }) {
    const worker = installing ?? waiting ?? active;
    return new Promise((done, failed) => {
      const look = () => {
        if (worker.state === 'activated') done();
        if (worker.state === 'redundant') failed(new Error('the service worker could not be installed'));
        // The page must not wait for other tabs to be closed.
        if (worker.state === 'installed' && active) {
          setTimeout(() => worker.state === 'installed' && failed(new Error(WAITS)), PATIENCE_MS);
        }
      };
      worker.addEventListener('statechange', look);
      look();
    });
  }

  const WAITS = 'the service worker waits for an older one, as it does not call skipWaiting()';
  /** Long enough for a worker that does not wait to begin its work. */
  const PATIENCE_MS = 1000;

  function triedBefore() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    } catch {
      return [];
    }
  }

  /** Whether the page may be reloaded: the next one will know, or this one is no reload itself. */
  function remember(policies) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(policies));
      return true;
    } catch {
      return performance.getEntriesByType('navigation')[0]?.type !== 'reload';
    }
  }

  const complain = (why) => console.warn(`This page is not cross-origin isolated: ${why}.`);

  // ---------------------------------------------------------------------------------------------- the page's other scripts

  const RUNS = /^(?:|module|(?:text|application)\/javascript)$/i;

  /**
   * Keeps the scripts that have not run yet from running, as the app would run once without shared memory before it is
   * reloaded. What it answers lets them run after all, in the order that they would have had.
   */
  function hold() {
    /** A script that belongs to another document does not run, even if it is loaded already. */
    const elsewhere = document.implementation.createHTMLDocument();
    const held = [];
    const take = (node) => {
      if (!(node instanceof HTMLScriptElement) || !RUNS.test(node.type) || node.noModule) return;
      const place = document.createComment('');
      node.replaceWith(place);
      held.push({ script: elsewhere.adoptNode(node), place });
    };
    const observer = new MutationObserver((records) => {
      for (const { addedNodes } of records) addedNodes.forEach(take);
    });
    observer.observe(document, { childList: true, subtree: true });
    // Those before this one that wait for the whole page.
    for (const script of document.querySelectorAll('script[type=module], script[defer]')) take(script);

    return async () => {
      if (document.readyState === 'loading') {
        await new Promise((done) => document.addEventListener('DOMContentLoaded', done, { once: true }));
      }
      observer.disconnect();
      const isComplete = document.readyState === 'complete';
      const isLate = ({ script }) => script.type === 'module' || (script.defer && script.hasAttribute('src'));
      for (const one of held.filter((it) => !isLate(it))) await run(one);
      for (const one of held.filter(isLate)) await run(one);
      // They would have heard of it.
      document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
      if (isComplete) self.dispatchEvent(new Event('load'));
    };
  }

  /** Runs a script that was held, in its place; answers when the next one may. */
  function run({ script, place }) {
    const again = document.createElement('script');
    for (const { name, value } of script.attributes) again.setAttribute(name, value);
    again.nonce = script.nonce;
    again.async = script.hasAttribute('async');
    again.text = script.text;
    const isOver = new Promise((done) => {
      again.onload = again.onerror = done;
    });
    place.replaceWith(again);
    // Of a script in the page itself there is no event: it has run already, or is a module, of which nobody can tell.
    return script.hasAttribute('src') && !again.async ? isOver : undefined;
  }

  if (typeof document === 'undefined') serve();
  else register().catch((error) => complain(error.message));
})();
