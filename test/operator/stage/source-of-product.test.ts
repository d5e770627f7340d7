import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configurationOf } from '../../../operator/stage/configuration.ts';
import { sourceOfProduct, steeringSourceOf } from '../../../operator/stage/source-of-product.ts';
import { openStage } from '../../../operator/stage/stage.ts';
import { UsageError } from '../../../scripts/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The source for a detail of a product whose first source is `source`. */
async function sourceOf(source: string, stage: { stage: string; endpoint?: string }): Promise<string> {
  const file = join(folder, 'channels.yml');
  const createOtaTask = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub-2', TaskConfigurationId: 'abc123' };
  const hub = { sources: [source, 'com.acme.second'], channels: { stable: { createOtaTask } } };
  writeFileSync(file, JSON.stringify({ artifactBuckets: ['acme-firmware'], products: { hub } }));
  return sourceOfProduct('hub', await configurationOf(openStage(stage), file));
}

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'made');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'up');
  vi.stubEnv('AWS_ACCOUNT_ID', '');
  // Nobody listens there, so that AWS does not name the account either.
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the source for a detail', () => {
  it('is the first source of the product in channels.yml, with the variables of the stage', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    const source = 'com.acme.ci.${sls:stage}.${aws:region}';
    expect(await sourceOf(source, { stage: 'prod' })).toBe('com.acme.ci.prod.eu-central-1');
    expect(await sourceOf(source, { stage: 'local' })).toBe('com.acme.ci.local.us-east-1');
    expect(await sourceOf(source, { stage: 'prod', endpoint: 'http://127.0.0.1:1' })).toBe('com.acme.ci.prod.us-east-1');
  });

  it('contains the account of the credentials, and is not guessed if neither they nor AWS name it', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    const source = 'com.acme.${aws:accountId}';
    expect(await sourceOf(source, { stage: 'local' })).toBe('com.acme.000000000000');
    await expect(sourceOf(source, { stage: 'prod' })).rejects.toThrow(UsageError);
    expect(await sourceOf('com.acme.ci', { stage: 'prod' })).toBe('com.acme.ci');
    vi.stubEnv('AWS_ACCOUNT_ID', '111122223333');
    expect(await sourceOf(source, { stage: 'prod' })).toBe('com.acme.111122223333');
  });
});

describe('the source of a steering event', () => {
  const createOtaTask = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub-2', TaskConfigurationId: 'abc123' };
  const hub = { sources: ['com.acme.ci'], channels: { stable: { createOtaTask } } };

  async function steering(product: object, given?: string, stage = 'local'): Promise<string> {
    const file = join(folder, 'steering.yml');
    writeFileSync(file, JSON.stringify({ artifactBuckets: ['acme-firmware'], products: { hub: product } }));
    return steeringSourceOf('hub', given, await configurationOf(openStage({ stage }), file));
  }

  it('is the first approver, or else the first source, or what a person typed', async () => {
    expect(await steering({ ...hub, approvers: ['com.acme.board', 'com.acme.health'] })).toBe('com.acme.board');
    expect(await steering(hub)).toBe('com.acme.ci');
    expect(await steering({ ...hub, approvers: ['com.acme.board', 'com.acme.health'] }, 'com.acme.health')).toBe('com.acme.health');
  });

  it('is not one that no product lists, because the rule of the bus does not deliver its event', async () => {
    await expect(steering({ ...hub, approvers: ['com.acme.board'] }, 'com.acme.baord')).rejects.toThrow(
      'steering.yml lists the source "com.acme.baord": did you mean com.acme.board? hub has com.acme.board, com.acme.ci; ',
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    const byAccount = { ...hub, approvers: ['com.acme.${aws:accountId}'] };
    expect(await steering(byAccount, 'com.acme.000000000000')).toBe('com.acme.000000000000');
    await expect(steering(byAccount, 'com.acme.111122223333')).rejects.toThrow(UsageError);
    expect(await steering(byAccount, 'com.acme.111122223333', 'prod')).toBe('com.acme.111122223333');
  });
});
