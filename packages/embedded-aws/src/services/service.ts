/** One HTTP request as a stand-in sees it: already routed by the credential scope, body read in full. */
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
  /** The one public endpoint, for URLs in answers: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Aborted once the caller has hung up: whoever waits (a long poll) must then hand out nothing. */
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
  /** AWS's names of the operations that it knows. */
  readonly operations: readonly string[];
  /** AWS's name of the operation asked for (`CreateOTAUpdate`), `undefined` when it is none we know. Faults select by it. */
  operation(request: ServiceRequest): string | undefined;
  /** Answers the request; an unknown operation answers a clear error that names it. Throws only on a defect. */
  handle(request: ServiceRequest): Promise<ServiceResponse>;
  /**
   * The service's own wire form of an injected error, so that SDKs read the exception name and retry as they
   * would with AWS.
   */
  error(status: number, exception: string, message: string): ServiceResponse;
  close?(): Promise<void>;
};

/** What the OTA stand-ins may ask of S3: the size of an object at a version, or why it cannot be read. */
export type ObjectStore = {
  head(bucket: string, key: string, version?: string): { readonly size: number; readonly version: string } | undefined;
  get(bucket: string, key: string, version?: string): Buffer | undefined;
  isVersioned(bucket: string): boolean;
};

/**
 * Time for everything that happens by itself: asynchronous creation, the fleet, timeouts. `factor` 1 is real
 * time, 60 lets a minute pass in a second. A test's clock moves only when told to.
 */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Runs `work` after so many milliseconds of this clock; the answer cancels it. Keeps no process alive. */
  after(milliseconds: number, work: () => void): () => void;
};
