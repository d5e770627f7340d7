/*
 * Most invocations need few of the adapters, and every loaded module makes a cold start slower. So an adapter is loaded with
 * the first record that needs it. `npm run bench -- cold-start` prints what that saves. Each adapter module also exports the
 * SDK client that it needs, so that both are in one chunk. The bundler makes a chunk of every `import()` in a file that a
 * function loads. So imports that only some functions need are in separate files.
 */
import { endingCalls, repeatableOptions } from '../../adapters/clients.ts';
import { type ReportSlowCall, reportingSlowCalls } from '../../adapters/slow-calls.ts';
import type { Ports } from '../../domain/rollout/ports.ts';
import { urlsOf } from './functions.ts';
import type { Settings } from './settings.ts';

/** The queues that the service writes to. */
export function queuesOf(settings: Settings, report: ReportSlowCall): Ports['queues'] & Loadable {
  const queues = whenFirstNeeded(async () => {
    const { queues, SQSClient } = await import('../../adapters/queues.ts');
    return queues(endingCalls(reportingSlowCalls(new SQSClient(repeatableOptions), report)), urlsOf(settings));
  });
  return {
    loadAhead: ahead(queues),
    sendFollowUps: async (messages) => (await queues()).sendFollowUps(messages),
    sendRejected: async (body, about) => (await queues()).sendRejected(body, about),
  };
}

/** Calls `make` with the first call and returns the same promise from then on, even if it rejected. */
export function whenFirstNeeded<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Something that is loaded when it is first needed. `loadAhead` begins to load it before, and never throws. */
export type Loadable = { readonly loadAhead: () => void };

/**
 * Begins to load a part once the request that was just made has left: to load takes the thread for milliseconds. If it fails, the first
 * call that needs the part fails.
 */
export function ahead(part: () => Promise<unknown>): Loadable['loadAhead'] {
  return () => {
    setImmediate(() => {
      part().catch(() => undefined);
    });
  };
}
