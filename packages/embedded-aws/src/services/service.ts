/** One HTTP request as a service gets it: already routed, with its whole body. */
export type ServiceRequest = {
  readonly method: string;
  /** Raw path, still percent-encoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly accountId: string;
  readonly region: string;
  /** The endpoint, for URLs in answers: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Aborted when the caller has hung up. A long poll must then return nothing. */
  readonly signal?: AbortSignal;
};

export type ServiceResponse = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** One AWS service behind the gateway. */
export type Service = {
  /** The signing name in the credential scope: `sqs`, `dynamodb`, `events`, `s3`, `iot`, `iotmanagedintegrations`. */
  readonly name: string;
  /** AWS's names of the operations that are implemented. */
  readonly operations: readonly string[];
  /** AWS's name of the requested operation (`CreateOTAUpdate`); `undefined` if it is not implemented. Faults select by it. */
  operation(request: ServiceRequest): string | undefined;
  /** Answers the request. An operation that is not implemented gets an error that names it. Throws only on a defect. */
  handle(request: ServiceRequest): Promise<ServiceResponse>;
  /** An injected error in the service's own form, so that SDKs read its name and retry as they would with AWS. */
  error(status: number, exception: string, message: string): ServiceResponse;
  close?(): Promise<void>;
};

/** What is in S3. Without a version, the newest one is meant. `undefined`: there is no such object or version. */
export type ObjectStore = {
  head(bucket: string, key: string, version?: string): { readonly size: number; readonly version: string } | undefined;
  get(bucket: string, key: string, version?: string): Buffer | undefined;
  isVersioned(bucket: string): boolean;
};

/** The time for everything asynchronous: creations, the fleet, timeouts. */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `work` after that many milliseconds of this clock. The returned function cancels it. Does not keep the process alive. */
  after(milliseconds: number, work: () => void): () => void;
  /** Wall time in epoch milliseconds, for instants that somebody has written. Absent: the same as `now`. */
  wall?(): number;
};
