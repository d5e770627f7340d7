import type { ManualClock, RealClock } from '../clock.ts';
import type { IotCore } from '../services/iot-core/iot-core.ts';
import type { ManagedIntegrations } from '../services/managed-integrations/managed-integrations.ts';
import type { Clock, ServiceResponse } from '../services/service.ts';
import type { Fleet } from './fleet.ts';
import { readFleetChange } from './settings.ts';

/** What these admin routes act on. */
export type OtaAdminWorld = {
  readonly clock: Clock | RealClock | ManualClock;
  readonly fleet: Fleet;
  readonly iotCore: IotCore;
  readonly managedIntegrations: ManagedIntegrations;
};

/** At this factor a day passes in a second. */
const MAXIMUM_FACTOR = 86_400;
/** A hundred years. */
const MAXIMUM_ADVANCE = 3_155_760_000_000;

type AdminRequest = {
  readonly method: string;
  readonly path: string;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** The routes below `/_ota/` that `answerOtaAdmin` knows, for messages. */
export const otaAdminRoutes = [
  'GET, POST /_ota/fleet',
  'GET, POST /_ota/clock',
  'POST /_ota/managed-things',
  'GET, POST /_ota/events',
  'GET /_ota/signing-key',
  'POST /_ota/signing-jobs',
] as const;

/**
 * Answers the routes about time and fleet, and returns `undefined` for any other path: `/_ota/fleet` (GET the settings,
 * POST changes of seed, ratios, devices and durations), `/_ota/clock` (GET, POST `{"factor": 60}` on real time or
 * `{"advanceMilliseconds": 1000}` on a manual clock), `/_ota/managed-things` (POST `{"query", "managedThingId", "matches"}`),
 * `/_ota/events` (GET the published job events, POST `{"topic", "payload"}` publishes one that no job has caused),
 * `/_ota/signing-key` (GET the PEM that verifies signatures made here),
 * `/_ota/signing-jobs` (POST a finished job of AWS Signer: `{"jobId", "bucket", "key", "version"}`, the version is optional).
 */
export function answerOtaAdmin(request: AdminRequest, world: OtaAdminWorld): ServiceResponse | undefined {
  const { method, path } = request;
  if (path === '/_ota/fleet' && method === 'GET') return json(200, world.fleet.settings());
  if (path === '/_ota/fleet' && method === 'POST') return changeFleet(request, world.fleet);
  if (path === '/_ota/clock' && method === 'GET') return json(200, describeClock(world.clock));
  if (path === '/_ota/clock' && method === 'POST') return changeClock(request, world.clock);
  if (path === '/_ota/managed-things' && method === 'POST') return matchManagedThing(request, world.managedIntegrations);
  if (path === '/_ota/signing-jobs' && method === 'POST') return finishSigningJob(request, world.iotCore);
  if (path === '/_ota/events' && method === 'GET') return json(200, { events: world.iotCore.events() });
  if (path === '/_ota/events' && method === 'POST') return publishEvent(request, world.iotCore);
  if (path === '/_ota/signing-key' && method === 'GET') {
    return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: world.iotCore.signingPublicKey };
  }
  return undefined;
}

function changeFleet({ body }: AdminRequest, fleet: Fleet): ServiceResponse {
  const change = readFleetChange(parse(body), fleet.settings());
  return typeof change === 'string' ? json(400, { message: change }) : json(200, fleet.change(change));
}

function changeClock({ body }: AdminRequest, clock: OtaAdminWorld['clock']): ServiceResponse {
  const { factor, advanceMilliseconds } = parseObject(body);
  if (typeof factor === 'number' && factor > 0 && factor <= MAXIMUM_FACTOR && 'setFactor' in clock) {
    clock.setFactor(factor);
    return json(200, describeClock(clock));
  }
  if (typeof advanceMilliseconds === 'number' && advanceMilliseconds >= 0 && advanceMilliseconds <= MAXIMUM_ADVANCE && 'advance' in clock) {
    clock.advance(advanceMilliseconds);
    return json(200, describeClock(clock));
  }
  const expected = 'advance' in clock ? `advanceMilliseconds from 0 to ${MAXIMUM_ADVANCE}` : `a factor above 0, up to ${MAXIMUM_FACTOR}`;
  return json(400, { message: `${expected} is required` });
}

function describeClock(clock: OtaAdminWorld['clock']): object {
  return { now: new Date(clock.now()).toISOString(), ...('factor' in clock ? { factor: clock.factor() } : {}) };
}

function matchManagedThing({ body }: AdminRequest, managedIntegrations: ManagedIntegrations): ServiceResponse {
  const { query, managedThingId, matches = true } = parseObject(body);
  if (typeof query !== 'string' || typeof managedThingId !== 'string' || typeof matches !== 'boolean') {
    return json(400, { message: 'query and managedThingId are required; matches is true or false' });
  }
  if (matches) managedIntegrations.match(query, managedThingId);
  else managedIntegrations.unmatch(query, managedThingId);
  return { status: 204 };
}

function finishSigningJob({ body }: AdminRequest, iotCore: IotCore): ServiceResponse {
  const { jobId, bucket, key, version } = parseObject(body);
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isText(jobId) || !isText(bucket) || !isText(key) || (version !== undefined && !isText(version)))
    return json(400, { message: 'jobId, bucket and key are required, each a text; version may be one' });
  iotCore.finishSigningJob(jobId, { bucket, key, version });
  return { status: 204 };
}

function publishEvent({ body }: AdminRequest, iotCore: IotCore): ServiceResponse {
  const { topic, payload } = parseObject(body);
  if (typeof topic !== 'string' || !topic.startsWith('$aws/events/') || typeof payload !== 'object' || payload === null)
    return json(400, { message: 'topic and payload are required: a text that begins with $aws/events/, and a JSON object' });
  iotCore.publish({ topic, payload: { ...payload } });
  return { status: 204 };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function parseObject(body: Buffer): Record<string, unknown> {
  const value = parse(body);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function json(status: number, value: unknown): ServiceResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
