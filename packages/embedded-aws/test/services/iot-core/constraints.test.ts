import { CreateJobCommand, CreateOTAUpdateCommand, type CreateOTAUpdateCommandInput } from '@aws-sdk/client-iot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ota, otaUpdate, startOta, thingArn } from '../../support/ota-stand-ins.ts';
import { setPath } from '../../support/set-path.ts';
import { fetchAs } from '../../support/signed-fetch.ts';

/**
 * Every constraint of the published API model (AWS IoT 2015-05-28), one by one. A value on the bound is accepted. A value
 * just beyond it is an InvalidRequestException that names the member.
 */
type Row = readonly [path: string, valid: readonly unknown[], invalid: readonly unknown[]];

let ota: Ota;
let serial = 0;
beforeAll(async () => {
  ota = await startOta();
});
afterAll(() => ota.stop());

const x = (length: number) => 'x'.repeat(length);
const word = { valid: ['a', 'A-Z_09'], invalid: ['', 'a.b', 'a b', 'a/b', 'ü'] };
const controls = ['tab\t', 'new\nline', 'null\u0000', 'soft\u00adhyphen'];
const rate = 'awsJobExecutionsRolloutConfig';
const abort = 'awsJobAbortConfig.abortCriteriaList[0]';
const file = 'files[0]';
const parameter = { valid: ['', x(4096), 'any\nthing\t'], invalid: [x(4097)] };
const tag = { valid: [x(128), 'Ünï kode_.:/=+-@9'], invalid: ['', x(129), 'semi;colon', 'a#b'] };

const otaUpdateRows: readonly Row[] = [
  ['description', ['a', x(2028), 'ünïcode 😀'], [x(2029), '', ...controls]],
  ['targets', [['t'], Array.from({ length: 250 }, () => 't')], [undefined, []]],
  ['protocols', [['MQTT'], ['HTTP'], ['MQTT', 'HTTP']], [[], ['MQTT', 'HTTP', 'MQTT'], ['COAP'], ['mqtt']]],
  ['targetSelection', ['SNAPSHOT', 'CONTINUOUS'], ['snapshot', '']],
  [`${rate}.maximumPerMinute`, [1, 1000], [0, 1001, -1, 1.5]],
  [`${rate}.exponentialRate`, [{ baseRatePerMinute: 1, incrementFactor: 2, rateIncreaseCriteria: {} }], [{}]],
  [`${abort}.minNumberOfExecutedThings`, [1, 1_000_000], [undefined, 0]],
  [`${abort}.thresholdPercentage`, [100, 0, 12.34], [undefined, 100.01]],
  [`${abort}.failureType`, ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'], [undefined, 'SUCCEEDED', 'failed']],
  [`${abort}.action`, ['CANCEL'], [undefined, 'PAUSE']],
  ['awsJobAbortConfig.abortCriteriaList', [], [[], undefined]],
  // The model has no range here. The ranges of CreateJob are checked later.
  ['awsJobPresignedUrlConfig.expiresInSec', [0, 60, 3600, 1_000_000], [1.5]],
  ['awsJobTimeoutConfig.inProgressTimeoutInMinutes', [0, 1, 10_080, 1_000_000], [1.5]],
  ['files', [[{}], Array.from({ length: 60 }, () => ({}))], [undefined, []]],
  [`${file}.fileName`, ['', x(5000)], []],
  [`${file}.fileType`, [0, 255], [-1, 256]],
  [`${file}.fileVersion`, ['', 'v1.2.3'], []],
  [`${file}.fileLocation.stream.streamId`, [...word.valid, x(128)], [...word.invalid, x(129)]],
  [`${file}.fileLocation.stream.fileId`, [0, 255], [-1, 256]],
  [`${file}.fileLocation.s3Location.bucket`, ['b'], ['']],
  [`${file}.fileLocation.s3Location.key`, ['k'], ['']],
  [`${file}.fileLocation.s3Location.version`, ['', undefined, 'v'], []],
  [`${file}.codeSigning`, [undefined, { awsSignerJobId: 'job' }], [{}, { awsSignerJobId: '' }, { customCodeSigning: { signature: {} } }]],
  [`${file}.codeSigning.startSigningJobParameter.signingProfileName`, ['', 'has-hyphen'], []],
  [`${file}.codeSigning.startSigningJobParameter.destination.s3Destination.bucket`, ['b'], ['']],
  [`${file}.codeSigning.customCodeSigning.hashAlgorithm`, ['SHA256', 'SHA-256', 'anything'], []],
  [`${file}.attributes.key`, parameter.valid, parameter.invalid],
  ['roleArn', [x(20), x(2048)], [undefined, x(19), x(2049)]],
  ['additionalParameters.key', parameter.valid, parameter.invalid],
  ['tags[0].Key', tag.valid, [undefined, ...tag.invalid]],
  ['tags[0].Value', ['', x(256)], [x(257)]],
];

const exponential: readonly Row[] = [
  ['baseRatePerMinute', [1, 1000], [undefined, 0, 1001]],
  ['incrementFactor', [0, 1, 5, 100], [undefined]],
  ['rateIncreaseCriteria', [{}], [undefined]],
  ['rateIncreaseCriteria.numberOfNotifiedThings', [1, 1_000_000], [0]],
  ['rateIncreaseCriteria.numberOfSucceededThings', [1, 1_000_000], [0]],
];

/** A request in which every structure that a row changes is complete. */
function complete(): CreateOTAUpdateCommandInput {
  return otaUpdate(`c-${serial++}`, {
    awsJobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 5, incrementFactor: 2, rateIncreaseCriteria: {} } },
    awsJobAbortConfig: {
      abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 1, minNumberOfExecutedThings: 1 }],
    },
    tags: [{ Key: 'k', Value: 'v' }],
  });
}

const cases = (rows: readonly Row[], which: 1 | 2) => rows.flatMap((row) => row[which].map((value) => [row[0], value] as const));
const named = (rows: readonly Row[], which: 1 | 2) => cases(rows, which).map(([path, value]) => [path, brief(value), value] as const);

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 37)}… (${text.length})` : text;
}

/** The member that a message names for a broken `path`: the member itself, or its parent if it is missing. */
function expectNamed(error: unknown, path: string): void {
  const { name, message, $metadata } = error as { name: string; message: string; $metadata: { httpStatusCode: number } };
  expect([name, $metadata.httpStatusCode]).toEqual(['InvalidRequestException', 400]);
  expect(message).toContain(`'${path}`);
}

describe('CreateOTAUpdate', () => {
  const rows = [...otaUpdateRows, ...exponential.map(([path, ...rest]) => [`${rate}.exponentialRate.${path}`, ...rest] as const)];
  const send = (path: string, value: unknown) => ota.iot.send(new CreateOTAUpdateCommand(setPath(complete(), path, value)));

  it.each(named(rows, 1))('%s accepts %s', async (path, _text, value) => {
    await expect(send(path, value)).resolves.toMatchObject({ otaUpdateStatus: 'CREATE_PENDING' });
  });

  it.each(named(rows, 2))('%s refuses %s', async (path, _text, value) => {
    expectNamed(await send(path, value).catch((error: unknown) => error), path);
  });

  it.each(['a', x(128), 'A-Z_09'])('otaUpdateId accepts %s', async (otaUpdateId) => {
    await ota.iot.send(new CreateOTAUpdateCommand({ ...complete(), otaUpdateId }));
  });

  it.each([x(129), 'v1.2.3', 'a b', 'ü', 'a/b'])('otaUpdateId refuses %s', async (otaUpdateId) => {
    const error = await ota.iot.send(new CreateOTAUpdateCommand({ ...complete(), otaUpdateId })).catch((one: unknown) => one);
    expectNamed(error, 'otaUpdateId');
  });

  it('refuses members, types and bodies that the model does not have', async () => {
    const raw = (body: unknown) => fetchAs('iot', ota.endpoint, 'POST', `/otaUpdates/raw-${serial++}`, body);
    const valid = { targets: ['t'], files: [{}], roleArn: x(20) };
    expect((await raw(valid)).status).toBe(200);
    for (const [path, value] of [
      ['otaUpdateTargets', ['t']],
      ['files[0].fileSource', {}],
      ['description', 7],
      ['targets', 'thing'],
      ['files[0].fileType', '7'],
      ['additionalParameters', ['a']],
      ['files[0].codeSigning.customCodeSigning.signature.inlineDocument', 'no base64!'],
    ] as const) {
      const answer = await raw(setPath(valid, path, value));
      expect(answer).toMatchObject({
        status: 400,
        exception: 'InvalidRequestException',
        body: { message: expect.stringContaining(`'${path}'`) },
      });
    }
    expect(await raw('text')).toMatchObject({ status: 400, exception: 'InvalidRequestException' });
    expect((await raw({ ...valid, description: null })).status).toBe(200);
  });
});

describe('CreateJob', () => {
  const criteria = 'abortConfig.criteriaList[0]';
  const retry = 'jobExecutionsRetryConfig.criteriaList[0]';
  const rows: readonly Row[] = [
    ['targets', [[thingArn(x(128))]], [undefined, [], [x(2049)]]],
    ['document', ['', x(32_768)], [x(32_769)]],
    ['description', ['a', x(2028)], [x(2029), ...controls]],
    ['presignedUrlConfig.expiresInSec', [60, 3600], [59, 3601]],
    ['presignedUrlConfig.roleArn', [x(20), x(2048)], [x(19), x(2049)]],
    ['targetSelection', ['SNAPSHOT', 'CONTINUOUS'], ['ALL']],
    ['jobExecutionsRolloutConfig.maximumPerMinute', [1, 100_000], [0]],
    ['jobExecutionsRolloutConfig.exponentialRate.baseRatePerMinute', [1, 1000], [undefined, 0, 1001]],
    ['jobExecutionsRolloutConfig.exponentialRate.incrementFactor', [1.1, 5], [undefined, 1.09, 5.01]],
    [`${criteria}.failureType`, ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'], [undefined, 'CANCELED']],
    [`${criteria}.thresholdPercentage`, [100], [undefined, 100.5]],
    [`${criteria}.minNumberOfExecutedThings`, [1], [undefined, 0]],
    [`${retry}.failureType`, ['FAILED', 'TIMED_OUT', 'ALL'], [undefined, 'REJECTED']],
    [`${retry}.numberOfRetries`, [0, 10], [undefined, -1, 11]],
    ['schedulingConfig.maintenanceWindows[0].durationInMinutes', [1, 1430], [undefined, 0, 1431]],
    ['schedulingConfig.endBehavior', ['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'], ['STOP']],
    ['namespaceId', word.valid, word.invalid.slice(1)],
    ['tags[0].Key', tag.valid, tag.invalid],
  ];
  const base = (path = '') => ({
    jobId: `j-${serial++}`,
    targets: [thingArn('t')],
    document: '{}',
    jobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 5, incrementFactor: 2, rateIncreaseCriteria: {} } },
    abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 1, minNumberOfExecutedThings: 1 }] },
    jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 1 }] },
    schedulingConfig: { endTime: '2026-06-01T00:00' },
    // Only continuous jobs have maintenance windows.
    ...(path.includes('maintenanceWindows') ? inWindows : {}),
  });
  const inWindows = {
    targetSelection: 'CONTINUOUS',
    schedulingConfig: { maintenanceWindows: [{ startTime: 'cron(0 0 * * ? *)', durationInMinutes: 10 }] },
  };
  const send = (path: string, value: unknown) =>
    fetchAs('iot', ota.endpoint, 'PUT', `/jobs/${base().jobId}`, without(setPath(base(path), path, value)));
  const without = ({ jobId: _id, ...rest }: ReturnType<typeof base>) => rest;

  it.each(named(rows, 1))('%s accepts %s', async (path, _text, value) => {
    expect((await send(path, value)).status).toBe(200);
  });

  it.each(named(rows, 2))('%s refuses %s', async (path, _text, value) => {
    const answer = await send(path, value);
    expect(answer).toMatchObject({
      status: 400,
      exception: 'InvalidRequestException',
      body: { message: expect.stringContaining(`'${path}`) },
    });
  });

  it.each([
    [x(64), true],
    [x(65), false],
    ['a.b', false],
  ])('jobId %s: %s', async (jobId, fits) => {
    const sent = ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('t')], document: '{}' }));
    await (fits ? expect(sent).resolves.toMatchObject({ jobId }) : expect(sent).rejects.toMatchObject({ name: 'InvalidRequestException' }));
  });
});

describe('paths and query strings', () => {
  const rows: readonly (readonly [method: string, path: string, member: string])[] = [
    ['GET', '/otaUpdates/a.b', 'otaUpdateId'],
    ['DELETE', `/otaUpdates/${x(129)}`, 'otaUpdateId'],
    ['DELETE', '/otaUpdates/a?deleteStream=yes', 'deleteStream'],
    ['DELETE', '/otaUpdates/a?forceDeleteAWSJob=1', 'forceDeleteAWSJob'],
    ['GET', '/otaUpdates?maxResults=0', 'maxResults'],
    ['GET', '/otaUpdates?maxResults=251', 'maxResults'],
    ['GET', '/otaUpdates?maxResults=ten', 'maxResults'],
    ['GET', '/otaUpdates?otaUpdateStatus=CANCELED', 'otaUpdateStatus'],
    ['GET', `/jobs/${x(65)}`, 'jobId'],
    ['GET', '/jobs/a.b/job-document', 'jobId'],
    ['PUT', '/jobs/a.b/cancel', 'jobId'],
    ['PUT', '/jobs/a/cancel?force=maybe', 'force'],
    ['DELETE', '/jobs/a?force=maybe', 'force'],
    ['GET', '/jobs?status=DONE', 'status'],
    ['GET', '/jobs?maxResults=251', 'maxResults'],
    ['GET', '/jobs/a/things?status=DONE', 'status'],
    ['GET', '/jobs/a/things?maxResults=251', 'maxResults'],
    ['GET', '/things/a%20b', 'thingName'],
    ['GET', `/things/${x(129)}/jobs`, 'thingName'],
    ['GET', '/things/a/jobs?status=DONE', 'status'],
    ['GET', '/things?maxResults=251', 'maxResults'],
    ['GET', '/thing-groups/a.b', 'thingGroupName'],
    ['GET', '/thing-groups/a/things?maxResults=0', 'maxResults'],
    ['GET', '/streams/a.b', 'streamId'],
    ['GET', '/tags', 'resourceArn'],
  ];

  it.each(rows)('%s %s names %s', async (method, path, member) => {
    const answer = await fetchAs('iot', ota.endpoint, method, path);
    expect(answer).toMatchObject({
      status: 400,
      exception: 'InvalidRequestException',
      body: { message: expect.stringContaining(`'${member}'`) },
    });
  });

  it.each([
    ['reasonCode', 'BAD_BUILD_7', true],
    ['reasonCode', x(128).toUpperCase(), true],
    ['reasonCode', x(129).toUpperCase(), false],
    ['reasonCode', 'lower', false],
    ['comment', x(2028), true],
    ['comment', x(2029), false],
  ])('CancelJob reads %s', async (member, value, fits) => {
    const jobId = `cancel-${serial++}`;
    await ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('t')], document: '{}' }));
    const answer = await fetchAs('iot', ota.endpoint, 'PUT', `/jobs/${jobId}/cancel`, { [member]: value });
    expect(answer.status).toBe(fits ? 200 : 400);
  });

  it('an operation that does not exist is named in the error', async () => {
    const answer = await fetchAs('iot', ota.endpoint, 'POST', '/certificates');
    expect(answer).toMatchObject({ status: 404, exception: 'UnknownOperationException' });
    expect(answer.body.message).toContain('POST /certificates');
  });
});
