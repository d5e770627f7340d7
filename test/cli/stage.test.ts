import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openStage } from '../../cli/stage.ts';

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
