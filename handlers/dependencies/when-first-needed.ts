/*
 * Most invocations need few of the adapters, and every module that is loaded makes a cold start slower. So these are
 * loaded with the first record that needs them (`npm run bench -- cold-start` prints what that saves). Each adapter module
 * hands out its SDK client beside itself, so that both come in one chunk. The bundler makes a chunk of every `import()` in
 * a file that a function loads: what only some functions need stands in files of its own.
 */
import { supportingOptions } from '../../adapters/clients.ts';
import type { Ports } from '../../domain/rollout/ports.ts';
import { urlsOf } from './functions.ts';
import type { Settings } from './settings.ts';

/** The queues that the service writes to. */
export function queuesOf(settings: Settings): Ports['queues'] {
  const queues = whenFirstNeeded(async () => {
    const { queues, SQSClient } = await import('../../adapters/queues.ts');
    return queues(new SQSClient(supportingOptions), urlsOf(settings));
  });
  return {
    sendFollowUps: async (messages) => (await queues()).sendFollowUps(messages),
    sendRejected: async (body, about) => (await queues()).sendRejected(body, about),
  };
}

/** Makes something with the first call and keeps it. */
export function whenFirstNeeded<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
