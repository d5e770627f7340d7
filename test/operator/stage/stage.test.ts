import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStage, unreachable } from '../../../operator/stage/stage.ts';
import { createRealClock } from '../../../packages/embedded-aws/src/clock.ts';
import { startServices } from '../../../packages/embedded-aws/src/cloud.ts';
import { UsageError } from '../../../scripts/command.ts';

describe('the region of a stage', () => {
  beforeEach(() => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, join(tmpdir(), 'no-such-file'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('on AWS is the one of the environment', async () => {
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const stage = openStage({ stage: 'prod' });
    expect([await stage.region(), await stage.eventbridge.config.region()]).toEqual(['eu-central-1', 'eu-central-1']);
  });

  it('on AWS is the one in serverless.yml if the environment does not name one', async () => {
    const stage = openStage({ stage: 'prod' });
    expect([await stage.region(), await stage.s3.config.region()]).toEqual(['eu-west-1', 'eu-west-1']);
  });

  it('at an endpoint is the one of the local service', async () => {
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    expect(await openStage({ stage: 'prod', endpoint: 'http://127.0.0.1:4566' }).region()).toBe('us-east-1');
  });
});

describe('the time factor of a stage', () => {
  it('at an endpoint is the one of the local service, and 1 for another engine', async () => {
    const services = await startServices({ port: 0, worldClock: createRealClock({ factor: 60 }) });
    expect(await openStage({ stage: 'local', endpoint: services.endpoint }).timeFactor()).toBe(60);
    await services.stop();
    expect(await openStage({ stage: 'local', endpoint: services.endpoint }).timeFactor()).toBe(1);
  });

  it('on AWS is 1', async () => {
    expect(await openStage({ stage: 'prod' }).timeFactor()).toBe(1);
  });
});

describe('an instant of a control plane', () => {
  it('is one of the clock here, although the local AWS runs ahead', async () => {
    const services = await startServices({ port: 0, worldClock: createRealClock({ factor: 3600 }) });
    try {
      const { now } = (await (await fetch(`${services.endpoint}/_ota/clock`)).json()) as { now: string };
      const wallTime = await openStage({ stage: 'local', endpoint: services.endpoint }).wallTime();
      const anHourThere = wallTime(Date.parse(now)) - wallTime(Date.parse(now) - 3_600_000);
      expect(anHourThere).toBe(1000);
      expect(Math.abs(wallTime(Date.parse(now)) - Date.now())).toBeLessThan(60_000);
    } finally {
      await services.stop();
    }
  });

  it('stays as it is on AWS, and if the local service does not say how fast it runs', async () => {
    expect((await openStage({ stage: 'prod' }).wallTime())(1)).toBe(1);
    const services = await startServices({ port: 0, worldClock: createRealClock() });
    await services.stop();
    expect((await openStage({ stage: 'local', endpoint: services.endpoint }).wallTime())(1)).toBe(1);
  });
});

describe('a stage', () => {
  it.each(['Prod', 'prod_eu', 'prod.eu', ''])('cannot have a name that packaging refuses for a character: "%s"', (stage) => {
    expect(() => openStage({ stage })).toThrow(UsageError);
    expect(() => openStage({ stage, endpoint: 'http://127.0.0.1:4566' })).toThrow('--stage: the stage must be');
  });

  it('that is reached at an endpoint without such a host gets the option to check, and not the region', () => {
    const error = new Error('getaddrinfo ENOTFOUND nosuch.invalid');
    expect(unreachable(error, 'http://nosuch.invalid')).toEqual(
      new UsageError('there is no host nosuch.invalid: check --endpoint, or AWS_ENDPOINT_URL if you left it out'),
    );
    expect(unreachable(error, undefined)).toBe(error);
  });
});
