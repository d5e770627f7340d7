import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { canonicalJson, sha256Hex } from '../../domain/json/canonical.ts';
import { nameOfRegion } from '../../operator/stage/channels-of-stage.ts';
import { type Ota, startOta } from '../../packages/embedded-aws/test/support/ota-stand-ins.ts';
import { exception, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';
import { TEST_PARAMETERS } from '../../scripts/service-copy.ts';
import type { Printed } from '../journey/command-line.ts';
import { otaInProcess } from './in-process.ts';

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

async function plan(body: unknown, ...args: string[]) {
  const path = file('event.json', typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body));
  return ota('plan', path, '--channels', channelsFile, ...args);
}

/** Types `ota ...` in the process of the test: a process of its own for each line would take a minute. */
async function ota(...args: string[]) {
  return withJson(await otaInProcess(...args));
}

function withJson({ status, stdout, stderr }: Pick<Printed, 'status' | 'stdout' | 'stderr'>) {
  return { status, stdout, stderr, json: stdout.startsWith('{') ? JSON.parse(stdout) : undefined };
}

beforeEach(() => vi.stubEnv('INIT_CWD', folder));
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('ota plan', () => {
  it('prints the requests in wire form, and nothing else', async () => {
    const { status, json, stderr } = await plan(detail);
    expect(stderr).toBe('');
    expect(Object.keys(json)).toEqual(['rollouts', 'rejections', 'warnings']);
    expect(json.rejections).toEqual([]);
    expect(json.rollouts.map((rollout: object) => Object.keys(rollout))).toEqual([
      ['rolloutId', 'channel', 'service', 'operation', 'input', 'releaseDigest'],
      ['rolloutId', 'channel', 'service', 'operation', 'input', 'document', 'releaseDigest'],
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

  it('prints the job document of managed integrations, as the service would write it', async () => {
    const { json } = await plan(detail);
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

  it('prints the document of a job as text in the request, and as JSON for people', async () => {
    const roleArn = 'arn:aws:iam::000000000000:role/ota';
    const targets = ['arn:aws:iot:us-east-1:000000000000:thinggroup/thermostat'];
    const beta = { createJob: { targets, presignedUrlConfig: { roleArn } }, format: 'device-client' };
    const value = { artifactBuckets: ['acme-firmware'], products: { thermostat: { sources: ['com.acme.first'], channels: { beta } } } };
    const path = file('event.json', JSON.stringify({ ...detail, channels: ['beta'] }));
    const { json, status } = await ota('plan', path, '--channels', file('jobs.yml', JSON.stringify(value)));
    const [{ service, operation, input, document, rolloutId }] = json.rollouts;
    expect({ service, operation, jobId: input.jobId, status }).toEqual({
      service: 'iot',
      operation: 'CreateJob',
      jobId: `${rolloutId}-1`,
      status: 0,
    });
    expect(document).toMatchObject({ version: '1.0', otaDispatch: { rolloutId } });
    expect(input.document).toBe(canonicalJson(document));
  });

  it('prints from where a job document is copied that the release brings', async () => {
    const { json } = await plan({ ...detail, channels: ['hub'], artifacts: [{ ...detail.artifacts[0], jobDocument: true }] });
    const { sha256 } = detail.artifacts[0] ?? {};
    expect(json.rollouts[0].document).toEqual({ copyOf: { bucket: 'acme-firmware', key: 'app.bin', version: 'v1', sha256 } });
  });

  it('prints the warnings of channels.yml about the channels of the release, and of no others', async () => {
    const warnings = async (channels: string[], ...args: string[]) => (await plan({ ...detail, channels }, ...args)).json.warnings;
    const path = (member: string) => `products.thermostat.channels.hub.${member}`;
    expect(await warnings(['beta'])).toEqual([]);
    expect(await warnings(['hub'])).toEqual([{ path: path('artifactUrl'), message: expect.any(String), channel: 'hub' }]);
    expect(await warnings(['beta', 'hub'], '--stage', 'prod', '--region', 'us-east-1')).toMatchObject([
      { path: path('createOtaTask'), channel: 'hub' },
      { path: path('artifactUrl'), channel: 'hub' },
    ]);
    expect((await plan({ ...envelope(), detail: { ...detail, channels: ['hub'] } })).json.warnings).toHaveLength(1);
  });

  it('names both accounts if an event is of another account', async () => {
    const { message } = (await plan(envelope({ account: '123456789012' }))).json.rejections[0];
    expect(message).toContain('123456789012');
    expect(message).toContain('000000000000');
  });

  it('names the products of channels.yml for a detail of an unknown product, but not for an event of an unknown source', async () => {
    const unknown = { ...detail, product: 'termostat' };
    expect((await plan(unknown)).json.rejections).toEqual([
      {
        code: 'UNKNOWN_PRODUCT',
        path: 'product',
        message: 'channels.yml has no product "termostat": did you mean thermostat? it has thermostat',
      },
    ]);
    const { message } = (await plan(envelope({ source: 'com.acme.stranger', detail: unknown }))).json.rejections[0];
    expect(message).not.toContain('thermostat');
  });

  it('warns of an artifact that is in the release twice', async () => {
    const { status, json } = await plan({ ...detail, channels: ['beta'], artifacts: [...detail.artifacts, ...detail.artifacts] });
    expect({ status, warnings: json.warnings }).toEqual({
      status: 0,
      warnings: [{ path: 'artifacts[1].fileLocation.s3Location', message: expect.any(String) }],
    });
  });

  it('takes --json, and prints the same as without it if no channel has a gate', async () => {
    expect(await plan(detail, '--json')).toEqual(await plan(detail));
  });

  it('prints few lines for a release with more than a hundred forbidden targets', async () => {
    const targets = Array.from({ length: 101 }, (_, index) => `arn:aws:iot:us-east-1:000000000000:thing/${index}`);
    const { status, stdout, json } = await plan({ ...detail, channels: ['beta'], targets });
    expect([status, json.rejections.map(({ code }: { code: string }) => code)]).toEqual([1, ['TOO_MANY_TARGETS', 'TARGET_NOT_ALLOWED']]);
    expect(stdout.split('\n').length).toBeLessThan(25);
  });

  it('warns of what the release loses on a channel, even if it is rejected, and ends as without a warning', async () => {
    writeFileSync(channelsFile, channels.replace('          roleArn', '          description: every release\n          roleArn'));
    const given = { ...detail, description: 'this release' };
    const warnings = [{ path: 'description', message: expect.any(String), channel: 'beta' }];
    expect(await plan({ ...given, channels: ['beta'] })).toMatchObject({ status: 0, json: { rejections: [], warnings } });
    expect(await plan({ ...given, channels: ['beta'], description: 'every release' })).toMatchObject({ status: 0, json: { warnings: [] } });
    expect(await plan({ ...given, channels: ['beta', 'gone'] })).toMatchObject({ status: 1, json: { rollouts: [], warnings } });
    expect(await plan({ ...given, channels: ['beta'], version: 'v1' })).toMatchObject({ status: 1, json: { warnings: [] } });
    writeFileSync(channelsFile, channels);
  });

  it('accepts a whole event too', async () => {
    expect((await plan(envelope())).stdout).toBe((await plan(detail)).stdout);
  });

  it('adds the account to an event without one, as EventBridge does, and changes nothing else', async () => {
    const { account: _account, ...written } = envelope();
    expect((await plan(written)).stdout).toBe((await plan(detail)).stdout);
    const twice = JSON.stringify(written).replace('"source"', '"source":"com.acme.other","source"');
    expect((await plan(twice)).json.rejections).toMatchObject([{ code: 'MALFORMED_JSON' }]);
  });

  it.each([
    ['an account without 12 digits', '--account', '12'],
    ['an option that it does not know', '--chanel', 'x'],
    ['a stage that packaging refuses', '--stage', 'Prod_X'],
  ])('ends with 2 for %s', async (_what, ...args) => {
    expect(await plan(detail, ...args)).toMatchObject({ status: 2, stdout: '' });
  });

  it('takes the region from serverless.yml if nobody names one', async () => {
    const region = nameOfRegion('prod', readFileSync(join(root, TEST_PARAMETERS), 'utf8'));
    const { json } = await plan(detail, '--stage', 'prod');
    expect(json.rollouts[0].input.targets).toEqual([`arn:aws:iot:${region}:000000000000:thinggroup/thermostat-prod`]);
  });

  it('fills in account, region and stage', async () => {
    const { json } = await plan(detail, '--account', '123456789012', '--region', 'eu-west-1', '--stage', 'prod');
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
  ])('ends with 1 and a rejection for %s', async (_what, body, code, path) => {
    const { status, json } = await plan(body);
    expect(json.rollouts).toEqual([]);
    expect(json.rejections[0]).toMatchObject({ code, path, message: expect.any(String) });
    expect(status).toBe(1);
  });

  it('rejects a detail without artifacts as a release', async () => {
    const { artifacts: _artifacts, ...without } = detail;
    const { status, json } = await plan(without);
    expect([status, json.rejections[0]]).toMatchObject([1, { code: 'INVALID_RELEASE', path: 'artifacts' }]);
  });

  it('ends with 2 for a withdrawal', async () => {
    for (const body of [
      { product: 'thermostat', version: '2.4.1' },
      { product: 'thermostat', version: '2.4.1', channels: ['beta'], reasonCode: 'BAD' },
      envelope({ 'detail-type': 'Firmware Release Withdrawn', detail: { product: 'thermostat', version: '2.4.1' } }),
    ]) {
      const { status, stdout, stderr } = await plan(body);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^ota plan: .+\n$/);
    }
  });

  it.each([
    [
      'an approval',
      'Firmware Release Approved',
      { product: 'thermostat', version: '2.4.1', channels: ['beta'], releaseDigest: 'x' },
      'approve',
    ],
    ['a hold', 'Firmware Channel Held', { product: 'thermostat', holdId: 'fair', reason: 'trade fair' }, 'hold'],
    ['a resume', 'Firmware Channel Resumed', { product: 'thermostat', holdId: 'fair', comment: 'over' }, 'resume'],
  ])(
    'ends with 2 for %s, be it an event, a wrong one or only a detail, and names the command',
    async (_what, detailType, steering, command) => {
      for (const body of [
        envelope({ 'detail-type': detailType, detail: steering }),
        envelope({ 'detail-type': detailType, detail: {} }),
        steering,
      ]) {
        const { status, stdout, stderr } = await plan(body);
        expect([status, stdout]).toEqual([2, '']);
        expect(stderr).toContain(`ota -- ${command}`);
      }
    },
  );

  it('ends with 2 for a file that cannot be read, and for wrong arguments', async () => {
    for (const args of [
      [join(folder, 'none.json')],
      [channelsFile, '--channels', join(folder, 'none.yml')],
      [],
      ['a', 'b'],
      ['a', '--frob'],
    ]) {
      const { status, stdout, stderr } = await ota('plan', ...args);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).not.toBe('');
    }
  });

  it('ends with 2 for an invalid channels.yml, and prints line and path', async () => {
    channelsFile = file('wrong.yml', channels.replace('roleArn: arn:aws:iam::', 'roleArn: nothing'));
    const { status, stdout, stderr } = await plan(detail);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/wrong\.yml:10: products\.thermostat\.channels\.beta\.createOTAUpdate\.roleArn: ./);
    channelsFile = file('channels.yml', channels);
  });

  it('ends with 2 for a channels.yml with ARNs of another account or region, and prints line and path', async () => {
    channelsFile = file(
      'foreign.yml',
      channels.replace(`iot:\${aws:region}`, 'iot:eu-central-1').replace(`\${aws:accountId}:role`, '999999999999:role'),
    );
    const { status, stdout, stderr } = await plan(detail, '--account', '123456789012');
    expect([status, stdout]).toEqual([2, '']);
    const path = 'products\\.thermostat\\.channels\\.beta\\.createOTAUpdate';
    expect(stderr).toMatch(new RegExp(`foreign\\.yml:9: ${path}\\.targets\\[0\\]: .*\n.*foreign\\.yml:10: ${path}\\.roleArn: .*\n$`));
    const unnamed = await plan({ ...detail, channels: ['beta'] });
    expect([unnamed.status, unnamed.json.warnings.map(({ path: at }: { path: string }) => at)]).toEqual([
      0,
      ['products.thermostat.channels.beta.createOTAUpdate.targets[0]', 'products.thermostat.channels.beta.createOTAUpdate.roleArn'],
    ]);
    channelsFile = file('channels.yml', channels);
  });

  it('shows the gate of a channel with its defaults and all that is missing, ends with 0, and says so in words without --json', async () => {
    const gate = `        after: { channel: beta, soakMinutes: 60 }
        approval: { required: 2, skip: [soakMinutes] }
        allowedTimes: [{ cron: "* 9 ? 1 MON *", timeZone: Europe/Berlin }, { cron: "0 0 ? * * *", timeZone: Asia/Tokyo }]
`;
    const approvers = '    approvers: [com.acme.board, com.acme.ops]\n';
    const text = channels.replace('    channels:\n', `${approvers}    channels:\n`).replace('      hub:\n', `      hub:\n${gate}`);
    channelsFile = file('gated.yml', text);
    const { status, json, stderr } = await plan(detail, '--json');
    expect([status, stderr]).toEqual([0, '']);
    const [beta, hub] = json.rollouts;
    expect(Object.keys(beta)).toEqual(['rolloutId', 'channel', 'service', 'operation', 'input', 'releaseDigest']);
    expect(hub.releaseDigest).toBe(beta.releaseDigest);
    expect(hub.gate).toEqual({
      after: [{ channel: 'beta', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 60 }],
      approval: { required: 2, skip: ['soakMinutes'] },
      allowedTimes: [
        { cron: '* 9 ? 1 MON *', timeZone: 'Europe/Berlin' },
        { cron: '0 0 ? * * *', timeZone: 'Asia/Tokyo' },
      ],
    });
    expect(hub.waitingFor.filter((reason: string) => reason !== 'CLOSED')).toEqual(['APPROVAL', 'UPSTREAM_MISSING']);
    expect(hub.reasons).toMatchObject([{ reason: 'UPSTREAM_MISSING', channel: 'beta' }, { reason: 'APPROVAL' }, ...hub.reasons.slice(2)]);
    const words = await plan(detail);
    expect([words.status, words.json]).toEqual([0, json]);
    expect(words.stderr).toMatch(
      /^hub has a gate: after beta: .*\nhub waits for UPSTREAM_MISSING: .* was not published to beta, and this release is for beta, too\nhub waits for APPROVAL: 0 of 2 approvals\n/,
    );
    channelsFile = file('channels.yml', channels);
  });

  it('has empty lists for a gate from which nothing is missing', async () => {
    const always = '        allowedTimes: [{ cron: "* * ? * * *", timeZone: UTC }]\n';
    channelsFile = file('open.yml', channels.replace('      hub:\n', `      hub:\n${always}`));
    const { json, stderr } = await plan({ ...detail, channels: ['hub'] });
    expect(json.rollouts).toMatchObject([{ waitingFor: [], reasons: [] }]);
    expect(stderr).toBe('hub has a gate: allowed times "* * ? * * *" UTC\nhub waits for nothing now\n');
    channelsFile = file('channels.yml', channels);
  });

  it('ends with 2 for an allowed time that has passed for ever', async () => {
    const passed = '        allowedTimes: [{ cron: "* * ? * * 2025", timeZone: UTC }]\n';
    channelsFile = file('passed.yml', channels.replace('      hub:\n', `      hub:\n${passed}`));
    const { status, stderr } = await plan(detail);
    expect(status).toBe(2);
    expect(stderr).toContain('products.thermostat.channels.hub.allowedTimes[0].cron: ');
    channelsFile = file('channels.yml', channels);
  });

  it('plans the detail that README.md publishes, with the channels of the examples', async () => {
    const { status, json } = await ota('plan', join(root, 'examples/details/my-release.json'));
    expect([status, json.rejections, json.rollouts.map(({ channel }: { channel: string }) => channel)]).toEqual([0, [], ['beta']]);
  });

  it('prints the same in a process of its own, in which nothing else is printed', async () => {
    const path = file('event.json', JSON.stringify(detail));
    const args = ['plan', path, '--channels', channelsFile];
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/main.ts'), ...args], { encoding: 'utf8', cwd: folder });
    expect({ status, stdout, stderr }).toEqual(await otaInProcess(...args));
    expect(status).toBe(0);
  });
});

describe('ota plan --count', () => {
  let stand: Ota;
  beforeAll(async () => {
    stand = await startOta();
  });
  afterAll(() => stand.stop());
  const count = (body: unknown, ...more: string[]) => plan(body, '--count', '--endpoint', stand.endpoint, ...more);

  it('asks AWS how many devices each rollout would reach, and says what AWS cannot count', async () => {
    const { status, json, stderr } = await count(detail);
    const remark = 'managed integrations has no operation that counts what a query matches';
    expect(json.rollouts.map(({ reach }: { reach: object }) => reach)).toEqual([{ devices: 10 }, { remark }]);
    expect(stderr.split('\n')).toEqual([
      'beta would reach 10 devices now',
      `the devices that hub would reach cannot be counted: ${remark}`,
      '',
    ]);
    expect(status).toBe(0);
  });

  it('changes nothing else of the plan, and without the option it runs offline', async () => {
    const counted = (await count(detail, '--json')) as { json: { rollouts: { reach?: object }[] }; stderr: string };
    const rollouts = counted.json.rollouts.map(({ reach: _reach, ...rollout }) => rollout);
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    expect((await plan(detail)).json).toEqual({ ...counted.json, rollouts });
    expect(counted.stderr).toBe('');
  });

  it('asks about nothing if everything is rejected', async () => {
    const nobody = ['--count', '--endpoint', 'http://127.0.0.1:1'];
    expect(await plan({ ...detail, channels: ['nope'] }, ...nobody)).toMatchObject({ status: 1, json: { rollouts: [] } });
    expect(await plan(detail, ...nobody)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('nothing listens at') });
  });

  it('ends with 1 and one line if AWS does not count', async () => {
    const refusing = await startScriptedServer();
    refusing.answer(exception(403, 'UnauthorizedException', 'not authorized'));
    const { status, stdout, stderr } = await plan(detail, '--count', '--endpoint', refusing.endpoint);
    await refusing.close();
    expect([status, stdout, stderr.split('\n').length]).toEqual([1, '', 2]);
    expect(stderr).toContain('ListThingsInThingGroup');
  });

  it('refuses an endpoint that nobody would ask', async () => {
    expect(await plan(detail, '--endpoint', stand.endpoint)).toMatchObject({ status: 2, stdout: '' });
  });
});
