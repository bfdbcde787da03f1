// Which engine runs this, where one needs something of its own. Asked of what it does, not of its name, which tools change.

/** JavaScriptCore, as WebKit's engine is called: its errors say in which line they were made. */
export const isWebKit = Object.hasOwn(new Error(), 'line');
