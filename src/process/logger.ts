// The logger of the library: what processes say of themselves, and what the app adds.

import { shown } from '../base/shown.ts';
import { tag } from '../base/tag.ts';
import { own, pid } from '../base/thread.ts';
import { optional } from './optional.ts';

/** Python's levels, by name. */
const LEVELS = {
  NOTSET: 0,
  SUBDEBUG: 5,
  DEBUG: 10,
  INFO: 20,
  SUBWARNING: 25,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a level, or its number: 10 is DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL. */
export type LogLevel =
  | 'NOTSET'
  | 'SUBDEBUG'
  | 'DEBUG'
  | 'INFO'
  | 'SUBWARNING'
  | 'WARNING'
  | 'ERROR'
  | 'CRITICAL'
  | number;

/** What a handler gets. Python: `logging.LogRecord`. */
export interface LogRecord {
  /** The logger's name. */
  readonly name: string;
  /** The level, as a number. */
  readonly level: number;
  /** The level's name; `Level 7` for one that has none. */
  readonly levelName: string;
  /** The values, as one text. */
  readonly message: string;
  /** The name of the process that logged it. */
  readonly processName: string;
  /** And its pid. */
  readonly pid: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** The URL of the script that logged it, as the browser's stacks have it: where the app is built, that of the bundle. */
  readonly pathname: string;
  /** The last part of that. */
  readonly filename: string;
  /** The line in it; 0 where the browser does not say. */
  readonly lineno: number;
  /** The function that logged it. */
  readonly funcName: string;
}

/** What a logger gives its records to. */
export type LogHandler = (record: LogRecord) => void;

function levelOf(level: LogLevel, call: string): number {
  const value = typeof level === 'string' && Object.hasOwn(LEVELS, level) ? LEVELS[level] : level;
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError(
    `${call}(level): level must be one of ${Object.keys(LEVELS).join(', ')}, or a number from 0, not ${shown(level)}`,
  );
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'a value without a text';
  }
}

/** The place of the third line of a stack: above it are the two methods of the logger that every record comes through. */
function placeIn(stack: unknown): Pick<LogRecord, 'pathname' | 'filename' | 'lineno' | 'funcName'> {
  const line = typeof stack === 'string' ? stack.replace(/^Error\n/, '').split('\n')[2] : undefined;
  // Chromium: "    at f (url:1:2)", "    at url:1:2"; the others: "f@url:1:2".
  const [, funcName, pathname, lineno] =
    /^\s*(?:at )?(?:(.*?)(?: \(|@))?([\w-]+:\/\/.*?):(\d+):\d+\)?$/.exec(line ?? '') ?? [];
  return {
    pathname: pathname ?? '(unknown file)',
    filename:
      pathname
        ?.replace(/[?#].*$/, '')
        .split('/')
        .at(-1) ?? '(unknown file)',
    lineno: Number(lineno ?? 0),
    funcName: funcName || '(unknown function)',
  };
}

const nameOfLevel = (level: number): string =>
  Object.entries(LEVELS).find(([, value]) => value === level)?.[0] ?? `Level ${level}`;

/**
 * A logger; each process has one. It says nothing below its level, which is WARNING until one is set, and has no handlers
 * of its own. Processes that are started inherit its level, and the console of `logToStderr()`; other handlers are
 * functions of this process, and stay here. Nothing here ever waits.
 *
 * Python: the `logging.Logger` that `multiprocessing.get_logger()` answers.
 */
export class Logger {
  /** Always `multiprocessing`. */
  readonly name = 'multiprocessing';
  readonly #handlers: LogHandler[] = [];
  #level = LEVELS.NOTSET as number;

  /** The level that was set; 0 where none was. */
  get level(): number {
    return this.#level;
  }

  /** The functions that records go to, in the order in which they were added. A copy. */
  get handlers(): LogHandler[] {
    return [...this.#handlers];
  }

  /** Sets the lowest level that is logged. @throws RangeError for what is no level. Python: `setLevel`. */
  setLevel(level: LogLevel): void {
    this.#level = levelOf(level, 'Logger.setLevel');
  }

  /** The lowest level that is logged: what was set, else 30 (WARNING). Python: `getEffectiveLevel`. */
  getEffectiveLevel(): number {
    return this.#level || LEVELS.WARNING;
  }

  /** Is anything of that level logged? Python: `isEnabledFor`. */
  isEnabledFor(level: LogLevel): boolean {
    return levelOf(level, 'Logger.isEnabledFor') >= this.getEffectiveLevel();
  }

  /** From now on records go to this function, too. @throws TypeError for what is no function. Python: `addHandler`. */
  addHandler(handler: LogHandler): void {
    if (typeof handler !== 'function') throw new TypeError('Logger.addHandler(handler): handler must be a function');
    this.#handlers.push(handler);
  }

  /** Records go to this function no longer. Python: `removeHandler`. */
  removeHandler(handler: LogHandler): void {
    const at = this.#handlers.indexOf(handler);
    if (at >= 0) this.#handlers.splice(at, 1);
  }

  /** Logs the values, as one text with blanks between them. What a handler throws is reported, and disturbs nobody. */
  log(level: LogLevel, ...values: unknown[]): void {
    this.#log(levelOf(level, 'Logger.log'), values);
  }

  #log(level: number, values: readonly unknown[]): void {
    if (level < this.getEffectiveLevel() || this.#handlers.length === 0) return;
    const record: LogRecord = {
      name: this.name,
      level,
      levelName: nameOfLevel(level),
      message: values.map(textOf).join(' '),
      processName: own.name,
      pid,
      created: performance.timeOrigin + performance.now(),
      ...placeIn(new Error().stack),
    };
    for (const handler of this.handlers) {
      try {
        handler(record);
      } catch (error) {
        try {
          globalThis.console.error('a handler of the logger threw', error);
        } catch {
          // The console is what throws: then nobody can be told.
        }
      }
    }
  }

  /** Logs at level 10. */
  debug(...values: unknown[]): void {
    this.#log(LEVELS.DEBUG, values);
  }

  /** Logs at level 20. */
  info(...values: unknown[]): void {
    this.#log(LEVELS.INFO, values);
  }

  /** Logs at level 30. */
  warning(...values: unknown[]): void {
    this.#log(LEVELS.WARNING, values);
  }

  /** Logs at level 40. */
  error(...values: unknown[]): void {
    this.#log(LEVELS.ERROR, values);
  }

  /** Logs at level 50. */
  critical(...values: unknown[]): void {
    this.#log(LEVELS.CRITICAL, values);
  }

  static {
    tag(this.prototype, 'Logger');
    Object.defineProperty(this, 'name', { value: 'Logger' });
  }
}

const logger = new Logger();
/** The handlers that `logToStderr()` made. */
const consoles = new WeakSet<LogHandler>();

/** The logger of this process, always the same object. Python: `get_logger()`. */
export const getLogger = (): Logger => logger;

/** `[INFO/Process-1] …`, to the console, which tells errors and warnings apart. */
function print({ level, levelName, processName, message }: LogRecord): void {
  const { console } = globalThis;
  const method =
    level >= LEVELS.ERROR ? 'error' : level >= LEVELS.WARNING ? 'warn' : level >= LEVELS.INFO ? 'info' : 'debug';
  console[method](`[${levelName}/${processName}] ${message}`);
}

/**
 * Has the logger write to the console, as `[LEVEL/ProcessName] message`, in this process and in those that it starts from
 * now on. A second call adds it a second time, as in Python.
 *
 * @param level sets the logger's level, too.
 * @returns the logger.
 * @throws RangeError for what is no level.
 *
 * Python: `log_to_stderr(level=None)`.
 */
export function logToStderr(level?: LogLevel | null): Logger {
  if (level !== undefined && level !== null) logger.setLevel(level);
  // Each its own function, so that it can be taken away alone.
  const handler: LogHandler = (record) => print(record);
  consoles.add(handler);
  logger.addHandler(handler);
  return logger;
}

optional.logger = {
  info: (...values) => logger.info(...values),
  inherit({ level, toStderr }) {
    logger.setLevel(level);
    if (toStderr) logToStderr();
  },
  settings() {
    const toStderr = logger.handlers.some((handler) => consoles.has(handler));
    return logger.level === 0 && !toStderr ? undefined : { level: logger.getEffectiveLevel(), toStderr };
  },
};
