import type { ErrorInfo } from './failures.ts';
import type { S3Location } from './ota-update.ts';

export type Stream = {
  readonly id: string;
  readonly sequence: number;
  readonly description: string | undefined;
  readonly files: readonly { readonly fileId?: number; readonly s3Location?: S3Location }[];
  readonly roleArn: string;
  readonly createdAt: number;
};

export type Streams = {
  get(id: string): Stream | undefined;
  all(): Stream[];
  /** Adds a stream. Returns an error if the quota is reached. */
  add(stream: Omit<Stream, 'sequence'>): Stream | ErrorInfo;
  remove(id: string): void;
};

/** No streams yet, and room for `quota`. */
export function createStreams(quota: number): Streams {
  const streams = new Map<string, Stream>();
  let sequence = 0;
  return {
    get: (id) => streams.get(id),
    all: () => [...streams.values()],
    add(given) {
      if (streams.size >= quota) {
        return { code: 'LimitExceededException', message: 'You have exceeded the limit for the number of streams in your AWS account.' };
      }
      const stream = { ...given, sequence: sequence++ };
      streams.set(stream.id, stream);
      return stream;
    },
    remove: (id) => {
      streams.delete(id);
    },
  };
}
