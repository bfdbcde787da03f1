// Makes pages cross-origin isolated where the server cannot be told to send headers, as on GitHub Pages: a service worker,
// which adds them, and the script that registers it. The same file is both. docs/headers.md says how it is used.
//
//   <script src="isolation.js"></script>                                  in the page, before other scripts
//   <script src="isolation.js" data-policy="credentialless"></script>     the Cross-Origin-Embedder-Policy
//   <script src="isolation.js" data-worker="sw.js"></script>              a service worker of your own, which imports it

(() => {
  const DEFAULT_POLICY = 'require-corp';

  // ---------------------------------------------------------------------------------------------- in the service worker

  function serve() {
    /** Documents and the scripts of workers have policies of their own; all else follows theirs. */
    const DESTINATIONS = ['document', 'iframe', 'frame', 'embed', 'object', 'worker', 'sharedworker'];

    /** The response with the headers; as it is where it cannot be changed, or has been redirected already. */
    function isolate(response, policy = DEFAULT_POLICY) {
      if (response.status === 0 || response.status === 206 || response.redirected) return response;
      const headers = new Headers(response.headers);
      headers.set('Cross-Origin-Opener-Policy', 'same-origin');
      headers.set('Cross-Origin-Embedder-Policy', policy);
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
    // A frame is isolated with the page around it, or not at all.
    if (self.top !== self) return;
    if (!self.isSecureContext) return complain('it needs HTTPS or localhost');
    if (!('serviceWorker' in navigator)) return complain('this browser, or its private mode, has no service workers');

    const tried = triedBefore();
    // A browser that does not know the policy is given the one that all know.
    const policy = [dataset.policy ?? DEFAULT_POLICY, DEFAULT_POLICY].find((it) => !tried.includes(it));
    if (policy === undefined) return complain('the service worker did not help');

    const script = new URL(dataset.worker ?? src, document.baseURI);
    if (!dataset.worker) script.searchParams.set('policy', policy);
    const registration = await navigator.serviceWorker.register(script.href);
    if (!self.location.href.startsWith(registration.scope)) return complain(`it is outside of ${registration.scope}`);
    await activated(registration);
    if (!remember([...tried, policy])) return complain('it was reloaded, and there is no storage to count how often');
    self.location.reload();
  }

  /** Until the newest worker answers the next request. */
  function activated({ installing, waiting, active }) {
    const worker = installing ?? waiting ?? active;
    return new Promise((done, failed) => {
      const look = () => {
        if (worker.state === 'activated') done();
        if (worker.state === 'redundant') failed(new Error('the service worker could not be installed'));
      };
      worker.addEventListener('statechange', look);
      look();
    });
  }

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

  if (typeof document === 'undefined') serve();
  else register().catch((error) => complain(error.message));
})();
