import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ActionResult, Examples, Failure, Faults, Fleet } from '../../console/api.ts';
import type { Context } from '../../console/server/context.ts';
import { failure } from '../../console/server/failure.ts';
import { localRoutes } from '../../console/server/routes/local.ts';
import { configurationOf } from '../../operator/stage/configuration.ts';
import { openStage } from '../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import type { Sandbox } from '../../proof/stage/sandbox.ts';
import { openStageInTime, type StageInTime } from '../../proof/stage/stage-in-time.ts';
import { root } from '../../scripts/installation.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';

/*
 * What the console has on a local stage only: examples, faults and the fleet, against the real handlers and the embedded AWS. The service
 * consumes its queues while a request is answered, and no time passes.
 */

let service: StageInTime;
let sandbox: Sandbox;
let stop: () => Promise<void>;
let endpoint = '';
beforeAll(async () => {
  service = await openStageInTime();
  ({ stop, endpoint } = await service.aws.listen());
  sandbox = service.sandbox();
});
afterAll(async () => {
  await stop();
  await service.stop();
});
afterEach(() => service.aws.faults.clear());

const contextOf = (stage: Context['stage']): Context => ({
  stage,
  isReadOnly: false,
  configuration: () => configurationOf(stage, join(root, EXAMPLE_CHANNELS)),
  now: Date.now,
});

async function ask<T>(method: string, path: string, body?: object, at = endpoint): Promise<{ status: number; value: T }> {
  const app = new Hono().onError((error, c) => failure(c, error, { endpoint: at, report: () => undefined }));
  app.route('/api', localRoutes(contextOf(openStage({ stage: 'local', endpoint: at }))));
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  let answer: { status: number; value: T } | undefined;
  const done = (async () => {
    const response = await app.request(`/api/local/${path}`, { method, ...sent });
    answer = { status: response.status, value: (await response.json()) as T };
  })();
  while (answer === undefined) {
    for (const queue of ['steering', 'releases', 'follow-ups'] as const) while ((await service.poll(queue, sandbox)) > 0);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await done;
  return answer;
}

describe('the examples', () => {
  it('are those of the folder, each with its detail-type, what it shows, and its event', async () => {
    const { examples } = (await ask<Examples>('GET', 'examples')).value;
    const files = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.json'));
    expect(examples.map(({ name }) => `${name}.json`)).toEqual(files.sort());
    for (const { name, detailType, about, text } of examples) {
      expect(about.split(' ').length, name).toBeGreaterThan(3);
      expect(JSON.parse(text), name).toEqual({ source: expect.any(String), 'detail-type': detailType, detail: expect.any(Object) });
    }
  });

  const publish = async (name: string) => (await ask<ActionResult>('POST', `examples/${name}`, {})).value;

  it('are published with their artifacts, and again they are a duplicate', async () => {
    const accepted = await publish('iot-release');
    expect(accepted).toMatchObject({ isDone: true, eventId: expect.any(String), href: '/releases/thermostat/2.4.1' });
    expect(accepted.message).toBe('examples/iot-release.json is accepted: its rollouts begin, or wait for their gates.');
    expect((await publish('iot-release')).message).toMatch(/was accepted before with the same content/);
    expect((await service.rows()).filter(({ version }) => version === '2.4.1')).toHaveLength(1);
  });

  it('can be steering events, which are recorded', async () => {
    expect(await publish('hold')).toMatchObject({ isDone: true, message: 'examples/hold.json is recorded.', href: '/' });
    expect((await service.table.holds('thermostat')).holds.held).toMatchObject([{ holdId: 'ticket-421' }]);
    expect(await publish('resume')).toMatchObject({ isDone: true });
  });

  it('can be one that the service rejects: the answer has code and path', async () => {
    expect(await publish('broken-release')).toMatchObject({
      isDone: false,
      rejected: { code: 'INVALID_RELEASE', path: expect.any(String) },
    });
  });

  it('are found by name only', async () => {
    for (const name of ['nope', '..%2Fpackage', 'channels.yml'])
      expect(await ask<Failure>('POST', `examples/${name}`, {}), name).toMatchObject({
        status: 404,
        value: { error: { code: 'NOT_FOUND' } },
      });
  });
});

describe('the faults', () => {
  it('are armed, listed in words and removed', async () => {
    const throttle = { kind: 'throttle', service: 'iot', operation: 'CreateJob', times: 3 };
    const outage = { kind: 'outage', service: 'dynamodb' };
    await ask('POST', 'faults', throttle);
    const { value } = await ask<Faults>('POST', 'faults', outage);
    expect(value.faults).toEqual([
      {
        ...{ id: '1', kind: 'throttle', service: 'iot', operation: 'CreateJob', struck: 0, isArmed: true },
        words: 'throttle of iot CreateJob, at most 3 times',
      },
      {
        id: '2',
        kind: 'outage',
        service: 'dynamodb',
        struck: expect.any(Number),
        isArmed: true,
        words: 'outage of dynamodb, until it is cleared',
      },
    ]);
    expect((await ask<Faults>('DELETE', 'faults', {})).value).toEqual({ faults: [] });
    expect((await ask<Faults>('GET', 'faults')).value).toEqual({ faults: [] });
  });

  it.each([
    [{ kind: 'earthquake', service: 'iot' }, /^kind: /],
    [{ kind: 'throttle', service: 'itt' }, /^service: .*did you mean iot\?/],
    [{ kind: 'throttle', service: 'iot', times: 'x' }, /^times: /],
    [{ kind: 'throttle', service: 'iot', more: 1 }, /^more: unknown/],
  ])('are refused as the embedded AWS refuses them: %j', async (fault, message) => {
    const { status, value } = await ask<Failure>('POST', 'faults', fault);
    expect([status, value.error.code]).toEqual([400, 'INVALID']);
    expect(value.error.message).toMatch(message);
    expect(service.aws.faults.list()).toEqual([]);
  });
});

describe('the fleet', () => {
  // The one of the service in virtual time is not reached over the wire.
  let aws: TestAws;
  beforeAll(async () => {
    aws = await startTestAws();
  });
  afterAll(() => aws.stop());
  const fleet = <T>(method: 'GET' | 'POST', body?: object) => ask<T>(method, 'fleet', body, aws.endpoint);

  it('shows its settings, and changes those that are named', async () => {
    const before = (await fleet<Fleet>('GET')).value.settings;
    const change = { ratios: { failed: 0.5 }, devices: { 'beta-1': 'FAILED' } };
    const { settings } = (await fleet<Fleet>('POST', change)).value;
    expect(settings).toEqual({ ...before, ratios: { ...(before['ratios'] as object), failed: 0.5 }, devices: { 'beta-1': 'FAILED' } });
    expect((await fleet<Fleet>('GET')).value.settings).toEqual(settings);
  });

  it('refuses what the embedded AWS refuses, and changes nothing', async () => {
    const before = (await fleet<Fleet>('GET')).value;
    const { status, value } = await fleet<Failure>('POST', { ratios: { failed: 2 } });
    expect([status, value.error.code]).toEqual([400, 'INVALID']);
    expect(value.error.message).toMatch(/^ratios: /);
    expect((await fleet<Fleet>('GET')).value).toEqual(before);
  });
});

describe('a stage without them', () => {
  it('has none of these routes if it is deployed', async () => {
    const stage = openStage({ stage: 'prod' });
    const app = new Hono().route('/api', localRoutes(contextOf(stage)));
    for (const path of ['examples', 'faults', 'fleet']) expect((await app.request(`/api/local/${path}`)).status, path).toBe(404);
    expect((await app.request('/api/local/examples/hold', { method: 'POST', body: '{}' })).status).toBe(404);
  });

  it('says so if the local service has stopped', async () => {
    const { value } = await ask<Failure>('GET', 'faults', undefined, 'http://127.0.0.1:1');
    expect(value.error.message).toContain('http://127.0.0.1:1');
    expect(['UNREACHABLE', 'INVALID']).toContain(value.error.code);
  });
});
