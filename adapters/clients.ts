const connectionTimeout = 1_000;

/** A connection without a byte for this long counts as lost, before the response and within it. A long body may take longer. */
const IDLE_MILLISECONDS_MAX = 5_000;

/**
 * The most that one create takes. The loop sends a create only with 20 s left. So 8 s remain to record the answer. A create of
 * a task makes a group and a job, so it has more time than a read.
 */
export const CREATE_MILLISECONDS_MAX = 12_000;

/**
 * For the clients that create updates and tasks: one attempt. If the SDK repeated a create, the ledger would not have the second
 * attempt. The next follow-up repeats it instead. Every create has a fresh connection. AWS may have closed an idle one while the
 * function was frozen, and then nobody knows whether the create left. `oneCreate` limits the time.
 */
export const createOptions = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout, httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
} as const;

/**
 * For all other clients, whose requests may be repeated. A retry in the SDK is cheaper than a redelivery from the queue. Without
 * the timeouts, the SDK would wait for as long as the function lives. `requestTimeout` ends with the headers of the response,
 * and `socketTimeout` also covers its body.
 */
export const repeatableOptions = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout,
    requestTimeout: IDLE_MILLISECONDS_MAX,
    socketTimeout: IDLE_MILLISECONDS_MAX,
    throwOnRequestTimeout: true,
  },
} as const;

/** For S3. The service compares the SHA-256 of what it reads. So it does not need the CRC of the SDK, which takes as much CPU time. */
export const objectOptions = { ...repeatableOptions, responseChecksumValidation: 'WHEN_REQUIRED' } as const;

/**
 * How an S3 client names a bucket, by the environment variables that name an endpoint. At an endpoint the bucket is in the path,
 * because `firmware.acme.example.127.0.0.1` is not a host. On AWS the SDK decides. It puts a bucket with a dot into the path,
 * because the certificate of S3 does not fit its host. It puts every other bucket into the host.
 */
export function addressing(environment: Readonly<Record<string, string | undefined>>): { readonly forcePathStyle: boolean } {
  return { forcePathStyle: Boolean(environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL']) };
}

/** The two clients of a control plane, with `createOptions` and `repeatableOptions`. */
export type PlaneClients<Client> = { readonly creates: Client; readonly others: Client };

/** The options of the one send of a create: the SDK aborts it after so many milliseconds, wherever it is. */
export function oneCreate(milliseconds: number): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(milliseconds) };
}

/** The most that one call takes, with all its attempts. Three that meet no byte for 5 s fit into it. */
export const CALL_MILLISECONDS_MAX = 20_000;

type Sending = { send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown> };

/**
 * Makes a client abort each call after so many milliseconds, unless the caller gives a signal of its own. `socketTimeout` begins
 * again with each byte, so an answer that trickles would have no end. Not for S3, whose bodies may take longer. Returns the client.
 */
export function endingCalls<Client extends object>(client: Client, milliseconds: number = CALL_MILLISECONDS_MAX): Client {
  const sending = client as Sending;
  const send = sending.send.bind(client);
  sending.send = async (command, { abortSignal = AbortSignal.timeout(milliseconds), ...options } = {}) => {
    try {
      return await send(command, { ...options, abortSignal });
    } catch (error) {
      if (!abortSignal.aborted) throw error;
      throw new Error(`AWS did not answer in ${milliseconds} ms`, { cause: error });
    }
  };
  return client;
}
