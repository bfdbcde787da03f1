// What is changed in the source for the explorer, as exact texts: an instance fails to load where a text is no longer there.

/** In every explored instance: small sizes, and waiting that is the scheduler's. */
export const settings = [
  {
    file: 'src/base/thread.ts',
    from: `'DedicatedWorkerGlobalScope' in globalThis`,
    to: 'true',
  },
  // Garbage is not counted here.
  { file: 'src/memory/buffer.ts', from: 'MOST_RESERVED = 4096', to: 'MOST_RESERVED = 1e9' },
  { file: 'src/memory/table.ts', from: 'FIRST_PIDS = 1024', to: 'FIRST_PIDS = 16' },
  { file: 'src/base/thread.ts', from: 'MOST_PIDS = 1 << 20', to: 'MOST_PIDS = 64' },
  // Growth after two items, parts beyond 256 bytes.
  { file: 'src/memory/ring/ring.ts', from: 'FIRST_CAPACITY = 1 << 12', to: 'FIRST_CAPACITY = 1 << 5' },
  { file: 'src/memory/ring/ring.ts', from: 'MOST_CAPACITY = 1 << 26', to: 'MOST_CAPACITY = 1 << 6' },
  { file: 'src/memory/ring/ring.ts', from: 'TRIES = 2000', to: 'TRIES = 2' },
  // A look at all slots takes few steps.
  { file: 'src/sync/by_memory/slots.ts', from: 'const BYTES = 1024;', to: 'const BYTES = 64;' },
  { file: 'src/sync/by_memory/slots.ts', from: 'MOST_BYTES = 1 << 20', to: 'MOST_BYTES = 1 << 8' },
  { file: 'src/memory/holders.ts', from: 'FIRST_BYTES = 64', to: 'FIRST_BYTES = 24' },
  { file: 'src/memory/holders.ts', from: 'MOST_BYTES = 1 << 16', to: 'MOST_BYTES = 48' },
  { file: 'src/data/by_memory/end.ts', from: 'MOST_BYTES = 1 << 21', to: 'MOST_BYTES = 1 << 6' },
  // Garbage is collected at no step of ours.
  { file: 'src/data/pipe_end.ts', from: '(it) => it.close()', to: '() => {}' },
  {
    file: 'src/data/by_memory/end.ts',
    from: 'void this.#sends.flush().then(release);',
    to: `$refuse('close() after send() cannot be explored');`,
  },
  // The codec's buffer is that of a thread, and here all share one.
  { file: 'src/codec/encode.ts', from: 'value, path, carrier);', to: 'value, path, carrier).slice();' },
  // A spin is one look.
  { file: 'src/memory/spin.ts', from: 'manyCores && isIsolated ? (isWorker ? 0.1 : 0.02) : 0', to: '0' },
  { file: 'src/base/deadline.ts', from: '=> performance.now()', to: '=> $world.now()' },
  {
    file: 'src/memory/wait.ts',
    from: 'Atomics.notify(words, index, count);',
    to: `$pass('wake'); $world.notify(words, index, count);`,
  },
  {
    file: 'src/memory/wait.ts',
    from: 'const park = step.value;',
    to: `const park = step.value; if (typeof park === 'string') { $pass(park); continue; }`,
  },
  {
    file: 'src/memory/wait.ts',
    from: 'Atomics.wait(park.words, park.index, park.seen, slice);',
    to: '$pass({ ...park, blocks: true });',
  },
  {
    file: 'src/memory/wait.ts',
    from: '  operation.return(undefined);',
    to: `for (let s = operation.return(undefined); typeof s.value === 'string'; s = operation.next()) $pass(s.value);`,
  },
  {
    file: 'src/memory/wait.ts',
    from: 'for (;;) Atomics.wait(table(), stateAt(pid), ENDED);',
    to: 'for (;;) $pass($world.never);',
  },
  {
    file: 'src/memory/wait.ts',
    from: '  const processes = table();',
    to: '  if ($world.awaits()) return $delegate(operation); const processes = table();',
  },
  {
    file: 'src/sync/by_memory/condition.ts',
    from: 'yield { ...step.value, firm: true };',
    to: `yield typeof step.value === 'string' ? step.value : { ...step.value, firm: true };`,
  },
  {
    file: 'src/memory/wait.ts',
    from: '  return new Promise<T>((resolve, reject) => {',
    to: `  $refuse('settle() cannot be explored: yield* the operation'); return new Promise<T>((resolve, reject) => {`,
  },
];

/** Planted on purpose: the explorer has to find each. Three were found by it in earnest: parts, barrier, report. */
export const faults = {
  'unlock-wakes-nobody': {
    file: 'src/memory/mutex.ts',
    from: 'if (seen & WAITERS) wake(',
    to: 'if (!seen) wake(',
  },
  'taker-forgets-waiters': {
    file: 'src/memory/mutex.ts',
    from: 'if (take(words, at, seen, WAITERS)) return true;',
    to: 'if (take(words, at, seen, 0)) return true;',
  },
  'publishes-before-tail': {
    file: 'src/memory/ring/put.ts',
    from: `  words[TAIL + (next & 1)] = tail + recordSize(length);
  if (Atomics.compareExchange(words, PUTS, puts, next) !== puts) return false;`,
    to: `  if (Atomics.compareExchange(words, PUTS, puts, next) !== puts) return false;
  words[TAIL + (next & 1)] = tail + recordSize(length);`,
  },
  'condition-wakes-the-newest': {
    file: 'src/sync/by_memory/condition.ts',
    from: 'waiting.sort((a, b) => ((words[a + TICKET] as number) - (words[b + TICKET] as number)) | 0);',
    to: 'waiting.sort((b, a) => ((words[a + TICKET] as number) - (words[b + TICKET] as number)) | 0);',
  },
  'parts-given-up-early': {
    file: 'src/memory/ring/get.ts',
    from: '(producer === 0 || hasEnded(producer)) && Atomics.load(words, PUTS) === puts)',
    to: 'producer === 0 || hasEnded(producer))',
  },
  'nobody-has-ended': {
    file: 'src/memory/table.ts',
    from: 'const NEXT = 3;',
    to: 'const NEXT = 0;',
  },
  'report-counts-early': {
    file: 'src/memory/ring/tasks.ts',
    from: 'seen !== before && ahead(count(seen), goal) >= 0',
    to: 'seen !== before',
  },
  'version-changes-late': {
    file: 'src/managers/kept_replies.ts',
    from: `  if (versions !== undefined) Atomics.add(versions, object % VERSIONS, 1);
  return change();`,
    to: `  const changed = change(); if (versions !== undefined) Atomics.add(versions, object % VERSIONS, 1);
  return changed;`,
  },
  'reply-kept-under-a-later-version': {
    file: 'src/managers/kept_replies.ts',
    from: 'byArgument.set(arg, { version, record });',
    to: 'byArgument.set(arg, { version: Atomics.load(this.#versions, object % VERSIONS), record });',
  },
  'reads-before-what-it-wrote': {
    file: 'src/managers/kept_replies.ts',
    from: 'if (this.#due !== 0 || !isShort(args))',
    to: 'if (!isShort(args))',
  },
  'reads-of-a-dead-server': {
    file: 'src/managers/kept_replies.ts',
    from: 'kept === undefined || isLeaving(this.#server) || isShut(this.#requests)',
    to: 'kept === undefined || isShut(this.#requests)',
  },
};
