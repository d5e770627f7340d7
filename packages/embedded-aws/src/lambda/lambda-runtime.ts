import { pathToFileURL } from 'node:url';

/** What the parent sends: one event, and until when it must be handled (epoch milliseconds). */
export type Invoke = {
  readonly requestId: string;
  readonly event: string;
  readonly deadline: number;
  readonly arn: string;
  readonly trace: string;
};

/** What the child answers: once `ready`, or why it cannot start, and then one answer per event. */
export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly requestId: string; readonly payload: string }
  | {
      readonly kind: 'error';
      readonly requestId: string | undefined;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: string;
    };

type Handler = (event: unknown, context: Record<string, unknown>) => unknown;

function reply(message: Reply): void {
  process.send?.(message);
}

function fail(requestId: string | undefined, error: unknown): void {
  const isError = error instanceof Error;
  reply({
    kind: 'error',
    requestId,
    errorType: isError ? error.name : typeof error,
    errorMessage: isError ? error.message : String(error),
    trace: isError ? (error.stack ?? '') : '',
  });
}

async function load(modulePath: string, exportName: string): Promise<Handler> {
  const module = (await import(pathToFileURL(modulePath).href)) as Record<string, unknown>;
  const handler = module[exportName];
  if (typeof handler !== 'function') throw new Error(`${modulePath} does not export a function ${exportName}`);
  return handler as Handler;
}

async function handle(handler: Handler, { requestId, event, deadline, arn, trace }: Invoke): Promise<void> {
  process.env['_X_AMZN_TRACE_ID'] = trace;
  const context = {
    awsRequestId: requestId,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn: arn,
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(event), context);
    reply({ kind: 'result', requestId, payload: JSON.stringify(result ?? null) ?? 'null' });
  } catch (error) {
    fail(requestId, error);
  }
}

const [, , modulePath = '', exportName = ''] = process.argv;
// Without the parent there is nobody to answer.
process.once('disconnect', () => process.exit(0));
load(modulePath, exportName).then(
  (handler) => {
    process.on('message', (message: Invoke) => void handle(handler, message));
    reply({ kind: 'ready' });
  },
  (error: unknown) => fail(undefined, error),
);
