import type { TestProject } from 'vitest/node';
import { switchJobEventsOn } from '../../../local/job-events.ts';
import { startService } from '../../support/running-service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the embedded AWS of the one service listens that all browser tests share. */
    endpoint: string;
  }
}

/** Starts the packaged service on an embedded AWS, as `npm start` does, without examples. Answers what stops it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const service = await startService();
  await switchJobEventsOn(service.cloud);
  project.provide('endpoint', service.cloud.endpoint);
  return () => service.stop();
}
