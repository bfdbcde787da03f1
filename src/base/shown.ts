// Any value in a line, as in the message that refuses it.

/** The value, as far as one line can say it. */
export const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value.slice(0, 40))
    : typeof value === 'function'
      ? 'a function'
      : typeof value === 'object' && value !== null
        ? `an ${Object.prototype.toString.call(value).slice(8, -1)}`
        : `${String(value)}${typeof value === 'bigint' ? 'n' : ''}`;
