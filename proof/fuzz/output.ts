/** Records what is written to the output streams between `start` and `stop`. At other times they work as always. */
export type Recorder = { readonly start: () => void; readonly stop: () => string; readonly close: () => void };

/** Replaces the writes of stdout and stderr of this thread until it is closed. */
export function recorder(): Recorder {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  let parts: string[] | undefined;
  for (const stream of streams) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      if (!parts) return write(chunk, ...rest);
      parts.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      return true;
    }) as typeof stream.write;
  }
  return {
    start: () => {
      parts = [];
    },
    stop: () => {
      const text = parts?.join('') ?? '';
      parts = undefined;
      return text;
    },
    close: () => {
      for (const [index, stream] of streams.entries()) {
        const write = writes[index];
        if (write) stream.write = write;
      }
    },
  };
}
