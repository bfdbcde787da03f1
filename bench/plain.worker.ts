// The peers' worker: bare postMessage, nothing else.

const ITEM = [42, null, 'hello'];
const scope = globalThis as unknown as { postMessage(message: unknown): void; onmessage: unknown };

type Order =
  | { do: 'hello' }
  | { do: 'produce'; count: number; port?: MessagePort }
  | { do: 'consume'; count: number; port: MessagePort }
  | { do: 'echo'; port?: MessagePort }
  | { do: 'ping'; warmUp: number; count: number; bytes: number; port: MessagePort };

scope.onmessage = ({ data }: MessageEvent<Order>) => {
  if (data.do === 'hello') scope.postMessage('hello');
  else if (data.do === 'produce') {
    const to = data.port ?? scope;
    for (let i = 0; i < data.count; i++) to.postMessage(ITEM);
  } else if (data.do === 'echo') {
    const to = data.port ?? scope;
    to.onmessage = (event: MessageEvent) => to.postMessage(event.data);
  } else if (data.do === 'ping') {
    const item = data.bytes === 0 ? ITEM : new Uint8Array(data.bytes);
    let left = data.warmUp + data.count;
    let begin = 0;
    data.port.onmessage = () => {
      if (left-- === data.count) begin = performance.now();
      if (left < 0) scope.postMessage(data.count / ((performance.now() - begin) / 1000));
      else data.port.postMessage(item);
    };
    data.port.postMessage(item);
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
