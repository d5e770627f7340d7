import type { ReleasesDependencies } from '../../handlers/dependencies/functions.ts';
import type { Handler, Sabotage } from './stage.ts';

type Services = ReleasesDependencies['services'];
type Request = Readonly<Record<string, unknown>>;

/** A service whose parts are changed. */
export const withServices = (change: (services: Services) => Partial<Services>): Sabotage => ({
  dependencies: (dependencies) => ({ ...dependencies, services: { ...dependencies.services, ...change(dependencies.services) } }),
});

/** A handler that does something with each body before it handles it. */
export const first = (what: (body: string) => unknown): Sabotage => ({
  handler: (handler) => async (event, context) => {
    for (const { body } of event.Records) await what(body);
    return handler(event, context);
  },
});

/** A handler around the real one. */
export const around = (what: (handle: () => ReturnType<Handler>) => Promise<unknown>): Sabotage => ({
  handler: (handler) => (event, context) => what(() => handler(event, context)),
});

/** A handler that changes the bodies before it handles them. */
export const reading = (change: (body: string) => string): Sabotage => ({
  handler: (handler) => (event, context) =>
    handler({ Records: event.Records.map((record) => ({ ...record, body: change(record.body) })) }, context),
});

/** A service that keeps refused messages in its own way. */
export const keeping = (change: (send: Services['queues']['sendRejected'], services: Services) => Services['queues']['sendRejected']) =>
  withServices((services) => ({ queues: { ...services.queues, sendRejected: change(services.queues.sendRejected, services) } }));

/** A service that changes its requests before it freezes them. */
export const freezing = (change: (input: Request) => Request): Sabotage =>
  withServices(({ ledger }) => ({
    ledger: { ...ledger, accept: (row, release) => ledger.accept({ ...row, request: change(row.request) }, release) },
  }));

/** A service that answers steering events in its own way. */
export const answering = (change: (answer: Request) => Request): Sabotage =>
  withServices(({ bus }) => ({
    bus: {
      publish: (events) =>
        bus.publish(
          events.map(
            (event) =>
              (/^OTA (?:Release Approved|Channel)/.test(event.detailType) ? { ...event, detail: change(event.detail) } : event) as never,
          ),
        ),
    },
  }));

/** A service that creates at IoT Core in its own way. */
export const creating = (
  change: (create: Services['controlPlanes']['CreateOTAUpdate']['create']) => Services['controlPlanes']['CreateOTAUpdate']['create'],
) =>
  withServices(({ controlPlanes }) => ({
    controlPlanes: {
      ...controlPlanes,
      CreateOTAUpdate: { ...controlPlanes.CreateOTAUpdate, create: change(controlPlanes.CreateOTAUpdate.create) },
    },
  }));

/** Uses processor time of this thread. */
export function spin(milliseconds: number): void {
  const before = process.threadCpuUsage();
  for (let used = 0; used < milliseconds * 1000; ) {
    const { user, system } = process.threadCpuUsage(before);
    used = user + system;
  }
}
