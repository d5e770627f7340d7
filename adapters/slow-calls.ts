import type { SQSClient } from '@aws-sdk/client-sqs';
import { nameOf } from './aws-errors.ts';

/** A call to AWS that took long. `code` is the name of its error. Names and numbers only, so that it can be logged. */
export type SlowCall = {
  readonly awsService: string;
  readonly operation: string;
  readonly milliseconds: number;
  readonly attempts: number;
  readonly code?: string;
};

export type ReportSlowCall = (call: SlowCall) => void;

type Plugin = Parameters<SQSClient['middlewareStack']['use']>[0];
/** Any client of the SDK. The types of their stacks differ only in the inputs and outputs, which the plugin passes on. */
type Measurable = { readonly middlewareStack: object };

/** Most calls take less than 100 ms. A function that ran for long had many calls, or some of these. */
const SLOW_MILLISECONDS = 1_000;

/**
 * Makes an SDK client report each call that took a second or more, with all its attempts. The call of an object lasts until its
 * body was read. Returns the client. `now` is in milliseconds.
 */
export function reportingSlowCalls<Client extends Measurable>(
  client: Client,
  report: ReportSlowCall,
  now: () => number = Date.now,
): Client {
  const plugin: Plugin = {
    applyToStack: (stack) =>
      stack.add(
        (next, { clientName = '', commandName = '' }) =>
          async (call) => {
            const began = now();
            const end = (attempts = 1, code?: string): void => {
              const milliseconds = now() - began;
              if (milliseconds < SLOW_MILLISECONDS) return;
              const names = { awsService: clientName.replace(/Client$/, ''), operation: commandName.replace(/Command$/, '') };
              report({ ...names, milliseconds, attempts, ...(code !== undefined && { code }) });
            };
            try {
              const result = await next(call);
              const { $metadata: metadata, Body: body } = result.output as Output;
              if (typeof body?.once === 'function') body.once('close', () => end(metadata?.attempts));
              else end(metadata?.attempts);
              return result;
            } catch (error) {
              end((error as Output).$metadata?.attempts, nameOf(error));
              throw error;
            }
          },
        { name: 'reportSlowCalls', step: 'initialize', priority: 'high' },
      ),
  };
  (client.middlewareStack as SQSClient['middlewareStack']).use(plugin);
  return client;
}

/** What an output or an error of the SDK may have. */
type Output = {
  readonly $metadata?: { readonly attempts?: number };
  readonly Body?: { once?(event: 'close', listener: () => void): unknown };
};
