import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as logging from '../../fixtures/logging.ts';
import { type Cases, errorOf, start } from '../harness.ts';

/** Lets `body` use the logger, and leaves it as it was. */
async function withLogger(body: (logger: mp.Logger) => unknown): Promise<void> {
  const logger = mp.getLogger();
  try {
    await body(logger);
  } finally {
    logger.setLevel('NOTSET');
    for (const other of logger.handlers) logger.removeHandler(other);
  }
}

export const loggingCases: Cases = {
  'LOG-04 a fresh logger: its name, no level, no handlers; always the same one': () =>
    withLogger((logger) => {
      assert.strictEqual(mp.getLogger(), logger);
      assert.equal(logger.name, 'multiprocessing');
      assert.equal(logger.level, 0);
      assert.equal(logger.getEffectiveLevel(), 30);
      assert.deepEqual(logger.handlers, []);
      // Nobody listens, nothing happens.
      logger.critical('unheard');
    }),

  'LOG-01 CTX-22 below its level it says nothing; levels by name and by number': () =>
    withLogger((logger) => {
      const records: mp.LogRecord[] = [];
      logger.addHandler((record) => records.push(record));
      logger.setLevel('WARNING');
      logger.debug('a');
      logger.info('b');
      logger.warning('c', { toString: () => 'd' }, null);
      logger.error('e');
      logger.critical('f');
      assert.deepEqual(
        records.map(({ levelName, level, message }) => [levelName, level, message]),
        [
          ['WARNING', 30, 'c d null'],
          ['ERROR', 40, 'e'],
          ['CRITICAL', 50, 'f'],
        ],
      );
      records.length = 0;
      logger.setLevel(5);
      logger.log('SUBDEBUG', 'g');
      logger.log(25, 'h');
      logger.log(7, 'i');
      logger.log(4, 'j');
      assert.deepEqual(
        records.map(({ levelName }) => levelName),
        ['SUBDEBUG', 'SUBWARNING', 'Level 7'],
      );
      assert.isTrue(logger.isEnabledFor('DEBUG'));
      assert.isFalse(logger.isEnabledFor(4));
      const [{ name, processName, pid, created }] = records as [mp.LogRecord];
      assert.deepEqual(
        [name, processName, pid],
        ['multiprocessing', mp.currentProcess().name, mp.currentProcess().pid],
      );
      assert.closeTo(created, performance.timeOrigin + performance.now(), 60_000);
    }),

  'LOG-03 a record names the place that called': (d) =>
    withLogger(async (logger) => {
      logger.setLevel('DEBUG');
      const here: mp.LogRecord[] = [];
      logger.addHandler((record) => here.push(record));
      const stacks = logging.logEverywhere();
      const there = await d.result(start(logging.logElsewhere));
      for (const [places, records] of [[stacks, here.slice(0, 6)] as const, there]) {
        assert.lengthOf(records, 6);
        for (const [i, { pathname, filename, lineno }] of records.entries()) {
          assert.include(places[i], `${pathname}:${lineno}:`);
          assert.isAbove(lineno, 0);
          assert.equal(filename, new URL(pathname).pathname.split('/').at(-1));
        }
      }
      here.length = 0;
      logging.logByName();
      assert.match(here[0]?.funcName ?? '', /namedCaller$/);
    }),

  'LOG-03 a place that the browser does not tell is unknown': () =>
    withLogger((logger) => {
      const records: mp.LogRecord[] = [];
      logger.addHandler((record) => records.push(record));
      const Limited = Error as { stackTraceLimit?: number };
      const limit = Limited.stackTraceLimit;
      if (limit === undefined) return;
      Limited.stackTraceLimit = 0;
      logger.warning('from nowhere');
      Limited.stackTraceLimit = limit;
      const [{ pathname, filename, lineno, funcName }] = records as [mp.LogRecord];
      assert.deepEqual(
        [pathname, filename, lineno, funcName],
        ['(unknown file)', '(unknown file)', 0, '(unknown function)'],
      );
    }),

  'LOG-01 bad levels and handlers are refused; a handler that throws disturbs nobody': () =>
    withLogger(async (logger) => {
      for (const level of ['LOUD', -1, Number.NaN, 'toString', null]) {
        const error = await errorOf(async () => logger.setLevel(level as number));
        assert.instanceOf(error, RangeError);
        assert.include((error as Error).message, 'NOTSET, SUBDEBUG, DEBUG');
      }
      assert.equal(logger.level, 0);
      assert.instanceOf(await errorOf(async () => logger.addHandler('print' as never)), TypeError);
      const heard: string[] = [];
      const failing = (): never => {
        throw new Error('on purpose');
      };
      logger.addHandler(failing);
      logger.addHandler(({ message }) => heard.push(message));
      const { error: print } = console;
      const printed: unknown[][] = [];
      console.error = (...values) => printed.push(values);
      try {
        logger.error('one');
        logger.removeHandler(failing);
        logger.error('two');
      } finally {
        console.error = print;
      }
      assert.deepEqual(heard, ['one', 'two']);
      assert.equal(printed.length, 1);
    }),

  'LOG-05 logToStderr answers the logger; a second call prints twice': () =>
    withLogger((logger) => {
      const { info } = console;
      const printed: string[] = [];
      console.info = (...values: unknown[]) => printed.push(values.join(' '));
      try {
        assert.strictEqual(mp.logToStderr('INFO'), logger);
        assert.equal(logger.level, 20);
        logger.info('once');
        mp.logToStderr();
        logger.info('twice');
      } finally {
        console.info = info;
      }
      const { name } = mp.currentProcess();
      assert.deepEqual(printed, [`[INFO/${name}] once`, `[INFO/${name}] twice`, `[INFO/${name}] twice`]);
      assert.equal(logger.handlers.length, 2);
    }),

  'LOG-02 a child has the effective level of its parent at its start': (d) =>
    withLogger(async (logger) => {
      logger.setLevel(32);
      assert.equal(await d.result(start(logging.effectiveLevel)), 32);
      const { handlers } = logger;
      assert.equal(await d.result(start(logging.handlerCount)), handlers.length);
    }),

  'LOG-07 at INFO a child says that it runs, and that it ends, and how': (d) =>
    withLogger(async () => {
      mp.logToStderr('INFO');
      const talker = start(logging.loggedLines);
      assert.deepEqual(await d.result(talker), [`[INFO/${talker.name}] child process calling self.run()`]);

      const records = new mp.SimpleQueue<mp.LogRecord>();
      const ends = start(logging.logInto, records);
      await d.join(ends);
      const heard: mp.LogRecord[] = [];
      const isAnyLeft = async (): Promise<boolean> => (await d.wait([records], { timeout: 0 })).length > 0;
      while (await isAnyLeft()) heard.push(await d.getSimple(records));
      assert.deepEqual(
        heard.map(({ message }) => message),
        ['at 1 work', 'process shutting down', 'process exiting with exitcode 0'],
      );
      for (const { processName, pid } of heard) assert.deepEqual([processName, pid], [ends.name, ends.pid]);

      const exits = start(logging.logInto, records, 3);
      await d.join(exits);
      let last = '';
      while (await isAnyLeft()) last = (await d.getSimple(records)).message;
      assert.equal(last, 'process exiting with exitcode 3');
    }),
};
