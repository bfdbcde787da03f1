// It looks for `window` to know a browser, which no worker has, and throws where there is none. This comes before it.

Object.assign(globalThis, { window: globalThis });
