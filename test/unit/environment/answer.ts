self.onmessage = ({ data }: MessageEvent<Int32Array>) => {
  Atomics.store(data, 0, 42);
};
