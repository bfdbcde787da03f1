// The peers' worker: bare postMessage, nothing else.

const ITEM = [42, null, 'hello'];
const scope = globalThis as unknown as { postMessage(message: unknown): void; onmessage: unknown };

type Order =
  | { do: 'hello' }
  | { do: 'produce'; count: number; port?: MessagePort }
  | { do: 'consume'; count: number; port: MessagePort };

scope.onmessage = ({ data }: MessageEvent<Order>) => {
  if (data.do === 'hello') scope.postMessage('hello');
  else if (data.do === 'produce') {
    const to = data.port ?? scope;
    for (let i = 0; i < data.count; i++) to.postMessage(ITEM);
  } else {
    let left = data.count;
    let begin = 0;
    data.port.onmessage = () => {
      if (left === data.count) begin = performance.now();
      if (--left === 0) scope.postMessage((data.count - 1) / ((performance.now() - begin) / 1000));
    };
  }
};
scope.postMessage('loaded');
