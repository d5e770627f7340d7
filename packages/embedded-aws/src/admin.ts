import { type Fault, type Faults, isEventKind, type Refusal, readFault } from './faults.ts';
import { otaAdminRoutes } from './fleet/admin.ts';
import { JOB_OPERATIONS } from './services/iot-core/job-events.ts';
import type { Service, ServiceResponse } from './services/service.ts';
import { queueAdminRoutes } from './services/sqs/admin.ts';

/** The last requests to the endpoint, oldest first. Status 0: the caller got no answer. */
export type Journal = { readonly time: string; readonly service: string; readonly operation: string | null; readonly status: number }[];

export type AdminRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** What the admin routes need to know of a service. */
type Known = Pick<Service, 'name' | 'operations'>;

/** The services that create something after they have answered, and the operation that does so. */
const CREATE_LATER: ReadonlyMap<string, string> = new Map([
  ['iot', 'CreateOTAUpdate'],
  ['iotmanagedintegrations', 'CreateOtaTask'],
]);

const ADMIN_ROUTES = [
  'GET /_ota/health',
  'GET /_ota/requests',
  'GET, POST, DELETE /_ota/faults',
  'DELETE /_ota/faults/ID',
  'GET, PUT /_ota/account',
];

/**
 * Answers `/_ota/health`, `/_ota/requests` (the last thousand) and `/_ota/faults` (GET lists, POST adds one, DELETE
 * removes all, or one at `/_ota/faults/ID`). A fault for a service or an operation that does not exist here is refused.
 */
export function answerAdmin(request: AdminRequest, faults: Faults, journal: Journal, services: readonly Known[]): ServiceResponse {
  const { method, path } = request;
  if (path === '/_ota/health' && method === 'GET') return json(200, { status: 'ok', services: services.map(({ name }) => name) });
  if (path === '/_ota/requests' && method === 'GET') return json(200, { requests: journal });
  if (path === '/_ota/faults' && method === 'GET') return json(200, { faults: faults.list() });
  if (path === '/_ota/faults' && method === 'POST') {
    const fault = readFault(parse(request.body));
    const refusal = 'message' in fault ? fault : whyNeverHit(fault, services);
    return 'message' in fault || refusal !== undefined ? json(400, refusal) : json(201, { id: faults.add(fault) });
  }
  if (path === '/_ota/faults' && method === 'DELETE') {
    faults.clear();
    return { status: 204 };
  }
  const one = path.match(/^\/_ota\/faults\/(\d+)$/);
  if (one !== null && method === 'DELETE') {
    faults.clear(Number(one[1]));
    return { status: 204 };
  }
  const routes = [...ADMIN_ROUTES, ...queueAdminRoutes, ...otaAdminRoutes];
  return json(404, { message: `${method} ${path} does not exist. The routes are ${routes.join('; ')}.` });
}

/** Why a fault would never hit a request; `undefined` if it can. */
function whyNeverHit({ kind, service, operation }: Fault, services: readonly Known[]): Refusal | undefined {
  const struck = services.find(({ name }) => name === service);
  if (struck === undefined) {
    const names = services.map(({ name }) => name);
    return { message: `service: ${service} does not exist here; the services are ${names.join(', ')}`, given: service, names };
  }
  if (isEventKind(kind)) return whyNoEvent(kind, service, operation);
  const creates = CREATE_LATER.get(service);
  if (kind === 'createFailed' && creates === undefined)
    return { message: `service: createFailed works with ${[...CREATE_LATER.keys()].join(' and ')}` };
  if (kind === 'createFailed' && operation !== undefined && operation !== creates)
    return { message: `operation: createFailed of ${service} works with ${creates}` };
  if (operation === undefined || struck.operations.includes(operation)) return undefined;
  const names = [...struck.operations].sort();
  const message = `operation: ${service} has no operation ${operation} here; its operations are ${names.join(', ')}`;
  return { message, given: operation, names };
}

function whyNoEvent(kind: string, service: string, operation: string | undefined): Refusal | undefined {
  if (service !== 'iot') return { message: `service: ${kind} works with iot, which publishes job events` };
  if (operation === undefined || (JOB_OPERATIONS as readonly string[]).includes(operation)) return undefined;
  const message = `operation: ${kind} works with the operations of job events, ${JOB_OPERATIONS.join(', ')}`;
  return { message, given: operation, names: JOB_OPERATIONS };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function json(status: number, value: unknown): ServiceResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
