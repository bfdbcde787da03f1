// What compiles with pipes and wait(), and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

// What one end receives, the other sends.
const [text, numbers] = mp.Pipe<string, number>();
same<typeof text, mp.Connection<string, number>>(true);
same<typeof numbers, mp.Connection<number, string>>(true);
same<Awaited<ReturnType<typeof text.recv>>, string>(true);
same<ReturnType<typeof numbers.recvSync>, number>(true);
text.send(1, { timeout: 5, signal: AbortSignal.timeout(5) });
numbers.sendSync('a');
// @ts-expect-error: this end sends numbers
text.send('a');
// @ts-expect-error: this end sends texts
numbers.sendSync(1);
// @ts-expect-error: a blocking call has no signal
text.recvSync({ signal: AbortSignal.timeout(5) });
// @ts-expect-error: a timeout is never positional
text.poll(5);

// One type stands for both ends, none for anything.
same<ReturnType<typeof mp.Pipe<string>>, [mp.Connection<string, string>, mp.Connection<string, string>]>(true);
const [reader, writer] = mp.Pipe({ duplex: false });
same<ReturnType<typeof reader.recvSync>, unknown>(true);
writer.sendSync({ any: ['thing'] });
// @ts-expect-error: not an option
mp.Pipe({ oneWay: true });
// @ts-expect-error: made by Pipe() only
new mp.Connection();

// Bytes come from any memory, and go to any.
text.sendBytes(new Float64Array(4), 8, 16);
text.sendBytesSync(new SharedArrayBuffer(4));
same<Awaited<ReturnType<typeof text.recvBytes>>, Uint8Array<ArrayBuffer>>(true);
same<ReturnType<typeof text.recvBytesIntoSync>, number>(true);
text.recvBytesInto(new DataView(new ArrayBuffer(8)), 4);
// @ts-expect-error: a text is not memory
text.sendBytes('abc');
// @ts-expect-error: nothing to receive into
text.recvBytesInto();

// @ts-expect-error: read-only
text.closed = true;

// wait() answers what it was given.
declare const process: mp.Process;
declare const queue: mp.Queue<Date>;
same<Awaited<ReturnType<typeof mp.wait<typeof text>>>, mp.Connection<string, number>[]>(true);
const mixed = mp.waitSync([text, queue, process.sentinel], { timeout: 5 });
same<(typeof mixed)[number], mp.Connection<string, number> | mp.Queue<Date> | mp.Sentinel>(true);
// @ts-expect-error: not something to wait for
mp.wait([5]);

// Contexts have it, too.
const [warm] = mp.getContext('forkserver').Pipe<Date>();
same<ReturnType<typeof warm.recvSync>, Date>(true);

// An end is an argument like any other.
declare function serve(wire: mp.Connection<number, string>): void;
new mp.Process({ target: serve, args: [numbers] });
// @ts-expect-error: the wrong end
new mp.Process({ target: serve, args: [text] });
