import { supportingOptions } from '../../adapters/clients.ts';
import type { Services } from '../ports.ts';
import type { Settings } from '../settings.ts';
import { urlsOf } from './assemble.ts';

/** What is made with the first call and kept. */
export function later<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The queues that the service writes to. */
export function laterQueues(settings: Settings): Services['queues'] {
  const made = later(async () => {
    const { queues, SQSClient } = await import('../../adapters/queues.ts');
    return queues(new SQSClient(supportingOptions), urlsOf(settings));
  });
  return {
    sendFollowUps: async (messages) => (await made()).sendFollowUps(messages),
    sendRejected: async (body, about) => (await made()).sendRejected(body, about),
  };
}
