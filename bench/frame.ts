// Apps in frames of the page of the benchmarks, each as it is built for production.

/** Loads an app, until it tells something. */
export function toldBy<T>(path: string): Promise<T> {
  const frame = document.createElement('iframe');
  return new Promise<T>((resolve, reject) => {
    addEventListener('message', function listener({ source, data }) {
      if (source !== frame.contentWindow) return;
      removeEventListener('message', listener);
      resolve(data as T);
      frame.remove();
    });
    frame.addEventListener('load', () => {
      if (!frame.contentDocument?.querySelector('script')) reject(new Error(`there is no app at ${path}`));
    });
    frame.src = path;
    document.body.append(frame);
  });
}
