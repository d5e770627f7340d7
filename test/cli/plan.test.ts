import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOfRegion } from '../../cli/channels-of-stage.ts';
import { canonicalJson, sha256Hex } from '../../domain/json/canonical.ts';
import { TEST_PARAMETERS } from '../../scripts/service-copy.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ota-plan-'));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const channels = `
artifactBuckets: [acme-firmware]
products:
  thermostat:
    sources: [com.acme.first, com.acme.second]
    channels:
      beta:
        createOTAUpdate:
          targets: ["arn:aws:iot:\${aws:region}:\${aws:accountId}:thinggroup/thermostat-\${sls:stage}"]
          roleArn: arn:aws:iam::\${aws:accountId}:role/ota
      hub:
        createOtaTask: { OtaType: CONTINUOUS, OtaTargetQueryString: a=b, TaskConfigurationId: abc123 }
`;
const detail = {
  product: 'thermostat',
  version: '2.4.1',
  channels: ['beta', 'hub'],
  artifacts: [
    {
      fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'app.bin', version: 'v1' } },
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      codeSigning: { awsSignerJobId: 'job-1' },
    },
  ],
};
const envelope = (change: object = {}) => ({
  version: '0',
  id: '6f1d',
  'detail-type': 'Firmware Release Published',
  source: 'com.acme.second',
  account: '000000000000',
  time: '2026-11-23T12:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
  ...change,
});

let channelsFile = '';
beforeAll(() => {
  channelsFile = file('channels.yml', channels);
});
afterAll(() => rmSync(folder, { recursive: true }));

function plan(body: unknown, ...args: string[]) {
  const path = file('event.json', typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  return ota('plan', path, '--channels', channelsFile, ...args);
}

function ota(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/main.ts'), ...args], { encoding: 'utf8', cwd: folder });
  return { status, stdout, stderr, json: stdout.startsWith('{') ? JSON.parse(stdout) : undefined };
}

describe('ota plan', () => {
  it('prints the requests in wire form, and nothing else', () => {
    const { status, json, stderr } = plan(detail);
    expect(stderr).toBe('');
    expect(Object.keys(json)).toEqual(['rollouts', 'rejections', 'warnings']);
    expect(json.rejections).toEqual([]);
    expect(json.rollouts.map((rollout: object) => Object.keys(rollout))).toEqual([
      ['rolloutId', 'channel', 'service', 'operation', 'input'],
      ['rolloutId', 'channel', 'service', 'operation', 'input', 'document'],
    ]);
    expect(json.rollouts).toMatchObject([
      {
        channel: 'beta',
        service: 'iot',
        operation: 'CreateOTAUpdate',
        input: {
          otaUpdateId: `${json.rollouts[0].rolloutId}-1`,
          targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/thermostat-local'],
        },
      },
      { channel: 'hub', service: 'iotmanagedintegrations', operation: 'CreateOtaTask', input: { OtaTargetQueryString: 'a=b' } },
    ]);
    expect(status).toBe(0);
  });

  it('prints the job document of managed integrations, as the service would write it', () => {
    const { json } = plan(detail);
    const { input, document, rolloutId } = json.rollouts[1];
    expect(document).toMatchObject({
      operation: 'firmware-update',
      rolloutId,
      version: '2.4.1',
      files: [{ url: 'https://acme-firmware.s3.us-east-1.amazonaws.com/app.bin?versionId=v1' }],
    });
    const key = /job-documents\/(.*)\.json$/.exec(input.S3Url)?.[1];
    expect(sha256Hex(canonicalJson(document))).toBe(key);
  });

  it('prints from where a job document is copied that the release brings', () => {
    const { json } = plan({ ...detail, channels: ['hub'], artifacts: [{ ...detail.artifacts[0], jobDocument: true }] });
    const { sha256 } = detail.artifacts[0] ?? {};
    expect(json.rollouts[0].document).toEqual({ copyOf: { bucket: 'acme-firmware', key: 'app.bin', version: 'v1', sha256 } });
  });

  it('prints the warnings of channels.yml about the channels of the release, and of no others', () => {
    const warnings = (channels: string[], ...args: string[]) => plan({ ...detail, channels }, ...args).json.warnings;
    const path = (member: string) => `products.thermostat.channels.hub.${member}`;
    expect(warnings(['beta'])).toEqual([]);
    expect(warnings(['hub'])).toEqual([{ path: path('artifactUrl'), message: expect.any(String), channel: 'hub' }]);
    expect(warnings(['beta', 'hub'], '--stage', 'prod', '--region', 'us-east-1')).toMatchObject([
      { path: path('createOtaTask'), channel: 'hub' },
      { path: path('artifactUrl'), channel: 'hub' },
    ]);
    expect(plan({ ...envelope(), detail: { ...detail, channels: ['hub'] } }).json.warnings).toHaveLength(1);
  });

  it('names both accounts if an event is of another account', () => {
    const { message } = plan(envelope({ account: '123456789012' })).json.rejections[0];
    expect(message).toContain('123456789012');
    expect(message).toContain('000000000000');
  });

  it('names the products of channels.yml for a detail of an unknown product, but not for an event of an unknown source', () => {
    const unknown = { ...detail, product: 'termostat' };
    expect(plan(unknown).json.rejections).toEqual([
      {
        code: 'UNKNOWN_PRODUCT',
        path: 'product',
        message: 'channels.yml has no product "termostat": did you mean thermostat? it has thermostat',
      },
    ]);
    const { message } = plan(envelope({ source: 'com.acme.stranger', detail: unknown })).json.rejections[0];
    expect(message).not.toContain('thermostat');
  });

  it('warns of an artifact that is in the release twice', () => {
    const { status, json } = plan({ ...detail, channels: ['beta'], artifacts: [...detail.artifacts, ...detail.artifacts] });
    expect({ status, warnings: json.warnings }).toEqual({
      status: 0,
      warnings: [{ path: 'artifacts[1].fileLocation.s3Location', message: expect.any(String) }],
    });
  });

  it('takes --json, and prints the same as without it', () => {
    expect(plan(detail, '--json')).toEqual(plan(detail));
  });

  it('prints few lines for a release with more than a hundred forbidden targets', () => {
    const targets = Array.from({ length: 101 }, (_, index) => `arn:aws:iot:us-east-1:000000000000:thing/${index}`);
    const { status, stdout, json } = plan({ ...detail, channels: ['beta'], targets });
    expect([status, json.rejections.map(({ code }: { code: string }) => code)]).toEqual([1, ['TOO_MANY_TARGETS', 'TARGET_NOT_ALLOWED']]);
    expect(stdout.split('\n').length).toBeLessThan(25);
  });

  it('warns of what the release loses on a channel, even if it is rejected, and ends as without a warning', () => {
    writeFileSync(channelsFile, channels.replace('          roleArn', '          description: every release\n          roleArn'));
    const given = { ...detail, description: 'this release' };
    const warnings = [{ path: 'description', message: expect.any(String), channel: 'beta' }];
    expect(plan({ ...given, channels: ['beta'] })).toMatchObject({ status: 0, json: { rejections: [], warnings } });
    expect(plan({ ...given, channels: ['beta'], description: 'every release' })).toMatchObject({ status: 0, json: { warnings: [] } });
    expect(plan({ ...given, channels: ['beta', 'gone'] })).toMatchObject({ status: 1, json: { rollouts: [], warnings } });
    expect(plan({ ...given, channels: ['beta'], version: 'v1' })).toMatchObject({ status: 1, json: { warnings: [] } });
    writeFileSync(channelsFile, channels);
  });

  it('accepts a whole event too', () => {
    expect(plan(envelope()).stdout).toBe(plan(detail).stdout);
  });

  it('adds the account to an event without one, as EventBridge does, and changes nothing else', () => {
    const { account: _account, ...written } = envelope();
    expect(plan(written).stdout).toBe(plan(detail).stdout);
    const twice = JSON.stringify(written).replace('"source"', '"source":"com.acme.other","source"');
    expect(plan(twice).json.rejections).toMatchObject([{ code: 'MALFORMED_JSON' }]);
  });

  it.each([
    ['an account without 12 digits', '--account', '12'],
    ['an option that it does not know', '--chanel', 'x'],
    ['a stage that packaging refuses', '--stage', 'Prod_X'],
  ])('ends with 2 for %s', (_what, ...args) => {
    expect(plan(detail, ...args)).toMatchObject({ status: 2, stdout: '' });
  });

  it('takes the region from serverless.yml if nobody names one', () => {
    const region = nameOfRegion('prod', readFileSync(join(root, TEST_PARAMETERS), 'utf8'));
    const { json } = plan(detail, '--stage', 'prod');
    expect(json.rollouts[0].input.targets).toEqual([`arn:aws:iot:${region}:000000000000:thinggroup/thermostat-prod`]);
  });

  it('fills in account, region and stage', () => {
    const { json } = plan(detail, '--account', '123456789012', '--region', 'eu-west-1', '--stage', 'prod');
    expect(json.rollouts[0].input.targets).toEqual(['arn:aws:iot:eu-west-1:123456789012:thinggroup/thermostat-prod']);
    expect(json.rollouts[1].input.S3Url).toMatch(/^s3:\/\/ota-dispatch-prod-documents-123456789012-eu-west-1\/job-documents\//);
  });

  it.each<[string, unknown, string, string]>([
    ['a channel that does not exist', { ...detail, channels: ['beta', 'nope'] }, 'UNKNOWN_CHANNEL', 'channels[1]'],
    ['a release without artifacts', { ...detail, artifacts: [] }, 'INVALID_RELEASE', 'artifacts'],
    ['an unknown product', { ...detail, product: 'constructor' }, 'UNKNOWN_PRODUCT', 'product'],
    ['an expired release', { ...detail, notAfter: '2020-01-01T00:00:00Z' }, 'EXPIRED', 'notAfter'],
    [
      'a file whose sizeBytes is too large',
      { ...detail, artifacts: [{ ...detail.artifacts[0], sizeBytes: 16_777_217 }] },
      'ARTIFACT_TOO_LARGE',
      'artifacts[0].sizeBytes',
    ],
    [
      'a detail that fits in a file, but not in the queue with what EventBridge adds',
      { ...detail, channels: ['beta'], hardware: ['x'.repeat(256 * 1024 - 500)] },
      'TOO_LARGE',
      '$',
    ],
    ['malformed JSON', '{"product": ', 'MALFORMED_JSON', '$'],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'MALFORMED_JSON', '$'],
    ['a list', [], 'NOT_AN_EVENT', '$'],
    ['an event of another account', envelope({ account: '123456789012' }), 'ACCOUNT_NOT_ALLOWED', 'account'],
    ['an event of another source', envelope({ source: 'com.acme.third' }), 'SOURCE_NOT_ALLOWED', 'source'],
    ['an event of another type', envelope({ 'detail-type': 'Other' }), 'UNKNOWN_DETAIL_TYPE', 'detail-type'],
  ])('ends with 1 and a rejection for %s', (_what, body, code, path) => {
    const { status, json } = plan(body);
    expect(json.rollouts).toEqual([]);
    expect(json.rejections[0]).toMatchObject({ code, path, message: expect.any(String) });
    expect(status).toBe(1);
  });

  it('rejects a detail without artifacts as a release', () => {
    const { artifacts: _artifacts, ...without } = detail;
    const { status, json } = plan(without);
    expect([status, json.rejections[0]]).toMatchObject([1, { code: 'INVALID_RELEASE', path: 'artifacts' }]);
  });

  it('ends with 2 for a withdrawal', () => {
    for (const body of [
      { product: 'thermostat', version: '2.4.1' },
      { product: 'thermostat', version: '2.4.1', channels: ['beta'], reasonCode: 'BAD' },
      envelope({ 'detail-type': 'Firmware Release Withdrawn', detail: { product: 'thermostat', version: '2.4.1' } }),
    ]) {
      const { status, stdout, stderr } = plan(body);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^ota plan: .+\n$/);
    }
  });

  it('ends with 2 for a file that cannot be read, and for wrong arguments', () => {
    for (const args of [
      [join(folder, 'none.json')],
      [channelsFile, '--channels', join(folder, 'none.yml')],
      [],
      ['a', 'b'],
      ['a', '--frob'],
    ]) {
      const { status, stdout, stderr } = ota('plan', ...args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).not.toBe('');
    }
  });

  it('ends with 2 for an invalid channels.yml, and prints line and path', () => {
    channelsFile = file('wrong.yml', channels.replace('roleArn: arn:aws:iam::', 'roleArn: nothing'));
    const { status, stdout, stderr } = plan(detail);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/wrong\.yml:10: products\.thermostat\.channels\.beta\.createOTAUpdate\.roleArn: ./);
    channelsFile = file('channels.yml', channels);
  });

  it('ends with 2 for a channels.yml with ARNs of another account or region, and prints line and path', () => {
    channelsFile = file(
      'foreign.yml',
      channels.replace(`iot:\${aws:region}`, 'iot:eu-central-1').replace(`\${aws:accountId}:role`, '999999999999:role'),
    );
    const { status, stdout, stderr } = plan(detail, '--account', '123456789012');
    expect([status, stdout]).toEqual([2, '']);
    const path = 'products\\.thermostat\\.channels\\.beta\\.createOTAUpdate';
    expect(stderr).toMatch(new RegExp(`foreign\\.yml:9: ${path}\\.targets\\[0\\]: .*\n.*foreign\\.yml:10: ${path}\\.roleArn: .*\n$`));
    const unnamed = plan({ ...detail, channels: ['beta'] });
    expect([unnamed.status, unnamed.json.warnings.map(({ path: at }: { path: string }) => at)]).toEqual([
      0,
      ['products.thermostat.channels.beta.createOTAUpdate.targets[0]', 'products.thermostat.channels.beta.createOTAUpdate.roleArn'],
    ]);
    channelsFile = file('channels.yml', channels);
  });

  it('plans the detail that README.md publishes, with the channels of the examples', () => {
    const { status, json } = ota('plan', join(root, 'examples/details/my-release.json'));
    expect([status, json.rejections, json.rollouts.map(({ channel }: { channel: string }) => channel)]).toEqual([0, [], ['beta']]);
  });
});
