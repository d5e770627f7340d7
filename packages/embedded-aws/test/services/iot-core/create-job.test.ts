import {
  CancelJobCommand,
  CreateJobCommand,
  DeleteJobCommand,
  DescribeJobCommand,
  GetJobDocumentCommand,
  ListJobsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { createIotCore } from '../../../src/services/iot-core/iot-core.ts';
import { ACCOUNT, createObjects, groupArn, type Ota, REGION, startOta, thingArn } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const roleArn = `arn:aws:iam::${ACCOUNT}:role/ota-service`;
const presignedUrlConfig = { roleArn };
const packageArn = (name: string, version: string) => `arn:aws:iot:${REGION}:${ACCOUNT}:package/${name}/version/${version}`;
const url = (key: string, kind = '-v2') => `\${aws:iot:s3-presigned-url${kind}:https://firmware.s3.${REGION}.amazonaws.com/${key}}`;
const createJob = (jobId: string, changes: object = {}) =>
  ota.iot.send(new CreateJobCommand({ jobId, targets: [thingArn('t')], document: '{"do":"it"}', ...changes }));
const documentWith = (...patterns: string[]) => ({ document: JSON.stringify({ patterns }), presignedUrlConfig });
const job = async (jobId: string, beforeSubstitution?: boolean) =>
  (await ota.iot.send(new DescribeJobCommand({ jobId, beforeSubstitution }))).job;
const documentOf = async (jobId: string, beforeSubstitution?: boolean) =>
  (await ota.iot.send(new GetJobDocumentCommand({ jobId, beforeSubstitution }))).document;
const refusal = async (sent: Promise<unknown>) =>
  sent.then(
    () => 'accepted',
    ({ name, message }: Error) => [name, message],
  );

describe('CreateJob', () => {
  it('makes the job at once', async () => {
    ota = await startOta();
    const answer = await createJob('j', { description: 'heating', targetSelection: 'CONTINUOUS' });
    expect(answer).toMatchObject({ jobId: 'j', jobArn: `arn:aws:iot:${REGION}:${ACCOUNT}:job/j`, description: 'heating' });
    expect(await job('j')).toMatchObject({ status: 'IN_PROGRESS', targetSelection: 'CONTINUOUS', targets: [thingArn('t')] });
  });

  it('is a 409 under an id that is taken, in whatever state, until the job is deleted', async () => {
    ota = await startOta();
    await createJob('j');
    const taken = { name: 'ResourceAlreadyExistsException', resourceId: 'j', $metadata: { httpStatusCode: 409 } };
    await expect(createJob('j')).rejects.toMatchObject({ ...taken, resourceArn: `arn:aws:iot:${REGION}:${ACCOUNT}:job/j` });
    await ota.iot.send(new CancelJobCommand({ jobId: 'j' }));
    await expect(createJob('j')).rejects.toMatchObject(taken);
    await ota.iot.send(new DeleteJobCommand({ jobId: 'j', force: true }));
    await expect(createJob('j')).rejects.toMatchObject(taken);
    ota.clock.advance(1_000);
    await createJob('j');
  });

  it('can answer the same request again, and no other one (assumed)', async () => {
    ota = await startOta({ iot: { identicalCreateJob: 'answered' } });
    await createJob('j');
    expect(await createJob('j')).toMatchObject({ jobId: 'j' });
    await expect(createJob('j', { description: 'other' })).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    expect((await ota.iot.send(new ListJobsCommand({}))).jobs).toHaveLength(1);
  });

  it('forgets a job 730 days after its end, and then its id is free', async () => {
    ota = await startOta();
    await createJob('j', { tags: [{ Key: 'a', Value: 'b' }] });
    ota.clock.advance(60_000);
    const { completedAt = new Date(0) } = (await job('j')) ?? {};
    ota.clock.advance(completedAt.getTime() + 730 * 86_400_000 - ota.clock.now() - 1);
    expect((await job('j'))?.status).toBe('COMPLETED');
    ota.clock.advance(1);
    await expect(job('j')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await createJob('j');
    const { tags } = await ota.iot.send(new ListTagsForResourceCommand({ resourceArn: `arn:aws:iot:${REGION}:${ACCOUNT}:job/j` }));
    expect(tags).toEqual([]);
  });

  it('takes at most 100 targets, and only those that exist', async () => {
    ota = await startOta({ iot: { unregisteredTargets: 'refused' } });
    const targets = Array.from({ length: 101 }, (_, at) => thingArn(`t-${at}`));
    await expect(createJob('j', { targets })).rejects.toMatchObject({ name: 'LimitExceededException', $metadata: { httpStatusCode: 410 } });
    await expect(createJob('j')).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
    await ota.stop();
    ota = await startOta({ iot: { tooManyTargets: 'InvalidRequestException' } });
    await expect(createJob('j', { targets })).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await createJob('j', { targets: targets.slice(1) });
  });

  it('is refused when the account has as many active jobs as it may have', async () => {
    ota = await startOta({ iot: { activeJobsMax: 2 } });
    await createJob('one', { targetSelection: 'CONTINUOUS' });
    await createJob('two');
    await expect(createJob('three')).rejects.toMatchObject({ name: 'LimitExceededException', $metadata: { httpStatusCode: 410 } });
    ota.clock.advance(60_000);
    await createJob('three');
  });

  it('is limited to the calls a second that are assumed, as is any other operation of jobs', async () => {
    ota = await startOta({ iot: { jobCallsPerSecond: { CreateJob: 2, ListJobs: 1 } } });
    await createJob('one');
    await createJob('two');
    expect(await refusal(createJob('three'))).toEqual(['ThrottlingException', 'Rate exceeded']);
    await ota.iot.send(new ListJobsCommand({}));
    expect(await refusal(ota.iot.send(new ListJobsCommand({})))).toEqual(['ThrottlingException', 'Rate exceeded']);
    for (let call = 0; call < 5; call++) await job('one');
    ota.clock.advance(500);
    await createJob('three');
  });

  it.each([
    ['lateError503', 'ServiceUnavailableException'],
    ['lateError500', 'InternalFailureException'],
  ] as const)('is carried out although %s answers an error', async (kind, name) => {
    ota = await startOta();
    ota.faults.add({ service: 'iot', operation: 'CreateJob', kind, times: 1 });
    await expect(createJob('j')).rejects.toMatchObject({ name });
    expect((await job('j'))?.status).toBe('IN_PROGRESS');
  });

  it('is not seen by reads at once, if that is assumed, and neither are its tags', async () => {
    ota = await startOta({ iot: { jobVisibleAfterMilliseconds: 1_000, jobTagsVisibleAfterMilliseconds: 2_000 } });
    const { jobArn: resourceArn } = await createJob('j', { tags: [{ Key: 'a', Value: 'b' }] });
    const tags = async () => (await ota.iot.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    await expect(job('j')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(documentOf('j')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await ota.iot.send(new ListJobsCommand({}))).jobs).toEqual([]);
    await expect(createJob('j')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    ota.clock.advance(1_000);
    expect((await job('j'))?.status).toBe('IN_PROGRESS');
    expect(await tags()).toEqual([]);
    ota.clock.advance(1_000);
    expect(await tags()).toEqual([{ Key: 'a', Value: 'b' }]);
  });

  it('shows tags in no description', async () => {
    ota = await startOta();
    await createJob('j', { tags: [{ Key: 'secret', Value: 'x' }] });
    expect(JSON.stringify(await job('j'))).not.toContain('secret');
  });
});

describe('the members of CreateJob', () => {
  const everything = {
    description: 'all',
    presignedUrlConfig: { roleArn, expiresInSec: 60 },
    jobExecutionsRolloutConfig: {
      maximumPerMinute: 50,
      exponentialRate: { baseRatePerMinute: 5, incrementFactor: 1.5, rateIncreaseCriteria: { numberOfSucceededThings: 10 } },
    },
    abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 10.5, minNumberOfExecutedThings: 3 }] },
    timeoutConfig: { inProgressTimeoutInMinutes: 5 },
    jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 2 }] },
    targetSelection: 'CONTINUOUS',
    namespaceId: 'space',
    schedulingConfig: {
      startTime: '2026-01-02T00:00',
      endTime: '2026-02-01T00:00',
      endBehavior: 'CANCEL',
      maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 60 }],
    },
    destinationPackageVersions: [packageArn('fw', '1.0.0')],
  };

  it('are described as they were given', async () => {
    ota = await startOta();
    await createJob('j', everything);
    expect(await job('j')).toMatchObject({ ...everything, status: 'SCHEDULED', isConcurrent: false });
  });

  it('announce the next seven maintenance windows', async () => {
    ota = await startOta();
    await createJob('j', everything);
    const starts = (await job('j'))?.scheduledJobRollouts?.map((one) => one.startTime);
    expect(starts?.slice(0, 2)).toEqual(['2026-01-04T02:00', '2026-01-11T02:00']);
    expect(starts).toHaveLength(7);
  });

  it.each([
    [
      'both criteria of a rate',
      {
        jobExecutionsRolloutConfig: {
          exponentialRate: {
            baseRatePerMinute: 5,
            incrementFactor: 2,
            rateIncreaseCriteria: { numberOfNotifiedThings: 1, numberOfSucceededThings: 1 },
          },
        },
      },
      /either numberOfNotifiedThings or/,
    ],
    [
      'more than ten retries',
      {
        jobExecutionsRetryConfig: {
          criteriaList: [
            { failureType: 'FAILED', numberOfRetries: 6 },
            { failureType: 'TIMED_OUT', numberOfRetries: 5 },
          ],
        },
      },
      /must not exceed 10/,
    ],
    ['parameters without a template', { documentParameters: { a: 'b' } }, /managed job template/],
    ['a package version that is none', { destinationPackageVersions: [thingArn('t')] }, /not the ARN of a package version/],
    [
      'more than 25 package versions',
      { destinationPackageVersions: Array.from({ length: 26 }, (_, at) => packageArn('fw', `${at}`)) },
      /at most 25/,
    ],
    ['a document of more bytes than AWS takes', { document: JSON.stringify('ü'.repeat(16_384)) }, /32768 bytes/],
  ])('are refused with %s', async (_what, changes, message) => {
    ota = await startOta();
    expect(await refusal(createJob('j', changes))).toEqual(['InvalidRequestException', expect.stringMatching(message)]);
  });

  it('name no job template, because there are none', async () => {
    ota = await startOta();
    const jobTemplateArn = `arn:aws:iot:${REGION}:${ACCOUNT}:jobtemplate/mine`;
    expect(await refusal(createJob('j', { document: undefined, jobTemplateArn }))).toEqual([
      'ResourceNotFoundException',
      `Job template ${jobTemplateArn} cannot be found.`,
    ]);
  });
});

describe('the placeholders of a document', () => {
  it('stay in both views of the document, which has no URLs', async () => {
    ota = await startOta();
    const given = documentWith(url('app.bin%3FversionId%3Dv1'), url(`log/\${thingName}`, '-upload'));
    await createJob('j', given);
    expect([await documentOf('j'), await documentOf('j', true)]).toEqual([given.document, given.document]);
  });

  it('for packages are named in the resolved view only, as are their versions', async () => {
    ota = await startOta({ iot: { defaultPackageVersions: { fw: '2.0.0' } } });
    const document = `{"of":"\${aws:iot:package::version::attributes}","or":"\${aws:iot:package:fw:version:$default:attributes}"}`;
    const destinationPackageVersions = [packageArn('fw', '$default')];
    await createJob('j', { document, destinationPackageVersions });
    expect(await documentOf('j', true)).toBe(document);
    const named = `\${aws:iot:package:fw:version:2.0.0:attributes}`;
    expect(await documentOf('j')).toBe(`{"of":"${named}","or":"${named}"}`);
    expect((await job('j', true))?.destinationPackageVersions).toEqual(destinationPackageVersions);
    expect((await job('j'))?.destinationPackageVersions).toEqual([packageArn('fw', '2.0.0')]);
  });

  const document = 'InvalidJobDocumentException';
  const request = 'InvalidRequestException';
  it.each([
    [
      'one without an end',
      { document: `{"a":"\${aws:iot:s3-presigned-url-v2:https://x"` },
      document,
      /^One or more parameters or placeholders are not/,
    ],
    [
      'one whose only brace is that of the document',
      { document: `{"a":"\${aws:iot:s3-presigned-url-v2:https://x"}` },
      document,
      /^One or more parameters or placeholders are not/,
    ],
    ['eleven', documentWith(...Array.from({ length: 11 }, () => url('a'))), document, /at most 10/],
    [
      'one in another',
      documentWith(url(`\${aws:iot:x}`, '-upload')),
      document,
      /^\$\{aws:iot\[\.\.\.\]\} should not be the second layer pattern\.$/,
    ],
    [
      'a URL without a role',
      { document: JSON.stringify({ u: url('a') }) },
      request,
      /^presignedUrlConfig role ARN is required to generate an S3/,
    ],
    [
      'a URL that is not one of S3',
      documentWith(`\${aws:iot:s3-presigned-url-v2:https://example.com/a}`),
      request,
      /^Provided argument for presigned/,
    ],
    ['an upload to another Region', documentWith(url('a', '-upload').replace(REGION, 'eu-west-1')), request, /^Provided argument/],
    ['a parameter three times', documentWith(url(`\${jobId}/\${jobId}/\${jobId}`, '-upload')), request, /^Provided argument/],
    ['an unknown parameter', documentWith(url(`\${shadow}`, '-upload')), request, /^Provided argument/],
    [
      'half of a package',
      documentWith(`\${aws:iot:package:fw:version::attributes}`),
      document,
      /^Empty package name and version name have/,
    ],
    [
      'a package without a version',
      documentWith(`\${aws:iot:package::version::attributes}`),
      document,
      /^Cannot resolve empty package name/,
    ],
    ['the version $null', documentWith(`\${aws:iot:package:fw:version:$null:attributes}`), document, /^\$null is not allowed/],
  ])('are refused with %s', async (_what, changes, name, message) => {
    ota = await startOta();
    const sent = createJob('j', changes);
    await expect(sent).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(await refusal(sent)).toEqual([name, expect.stringMatching(message)]);
  });

  it('are ten at most', async () => {
    ota = await startOta();
    await createJob('j', documentWith(...Array.from({ length: 10 }, () => url('a'))));
  });

  it('need a role that may read the bucket', async () => {
    ota = await startOta({ iot: { roles: new Set([roleArn]) } });
    const other = `${roleArn}-other`;
    await createJob('fine', documentWith(url('a')));
    await createJob('unused', { presignedUrlConfig: { roleArn: other } });
    expect(await refusal(createJob('j', { ...documentWith(url('a')), presignedUrlConfig: { roleArn: other } }))).toEqual([
      'InvalidRoleException',
      `Permission denied when attempting to use role ${other} to access bucket firmware.`,
    ]);
    await ota.stop();
    ota = await startOta({ iot: { roles: new Set([roleArn]), rolesOfJobs: 'always' } });
    await expect(createJob('unused', { presignedUrlConfig: { roleArn: other } })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
  });

  it('may name objects that do not exist and buckets of other Regions, unless it is assumed that AWS looks', async () => {
    ota = await startOta();
    await createJob('absent', documentWith(url('none%3FversionId%3Dv9')));
    await createJob('abroad', documentWith(url('a').replace(REGION, 'eu-west-1')));
    await ota.stop();
    ota = await startOta({ iot: { placeholderObjects: 'checked', foreignRegionBuckets: 'refused' } });
    await createJob('there', documentWith(url('app.bin%3FversionId%3Dv1')));
    expect(await refusal(createJob('absent', documentWith(url('app.bin%3FversionId%3Dv9'))))).toEqual([
      request,
      'VersionId not found when attempting to access s3 url',
    ]);
    expect((await refusal(createJob('abroad', documentWith(url('a').replace(REGION, 'eu-west-1')))))[0]).toBe(request);
  });
});

describe('the schedule of a job', () => {
  const windows = [{ startTime: 'cron(0 2 * * ? *)', durationInMinutes: 60 }];
  const continuous = { targetSelection: 'CONTINUOUS' };
  const schedule = (schedulingConfig: object, changes: object = {}) => createJob('j', { schedulingConfig, ...changes });

  // The clock of the test begins at 2026-01-01T00:00Z.
  it.each([
    ['a start in less than 30 minutes', { startTime: '2026-01-01T00:29' }, {}, /startTime must be at least 30 minutes/],
    ['a start in more than a year', { startTime: '2027-01-01T00:01' }, {}, /startTime must be at most one year/],
    ['an end in less than 30 minutes', { endTime: '2026-01-01T00:29' }, {}, /endTime must be at least 30 minutes ahead/],
    ['an end too soon after the start', { startTime: '2026-01-01T01:00', endTime: '2026-01-01T01:29' }, {}, /30 minutes after startTime/],
    ['an end in more than two years', { endTime: '2028-01-01T00:01' }, {}, /endTime must be at most two years/],
    ['a behavior without an end', { endBehavior: 'CANCEL' }, {}, /endBehavior needs an endTime/],
    ['windows of a snapshot', { maintenanceWindows: windows }, {}, /CONTINUOUS/],
    [
      'a window with two days',
      { maintenanceWindows: [{ startTime: 'cron(0 2 * * * *)', durationInMinutes: 1 }] },
      continuous,
      /one of DAY and WEEKDAY must be \?/,
    ],
    ['a time that is none', { startTime: 'soon' }, {}, /startTime 'soon' is not a time/],
  ])('is refused with %s', async (_what, config, changes, message) => {
    ota = await startOta();
    expect(await refusal(schedule(config, changes))).toEqual(['InvalidRequestException', expect.stringMatching(message)]);
  });

  it.each([
    [{ startTime: '2026-01-01T00:30', endTime: '2026-01-01T01:00' }, {}],
    [{ startTime: '2027-01-01T00:00', endTime: '2028-01-01T00:00', endBehavior: 'FORCE_CANCEL' }, {}],
    [{ maintenanceWindows: windows }, continuous],
  ])('may be %j', async (config, changes) => {
    ota = await startOta();
    await schedule(config, changes);
    expect((await job('j'))?.schedulingConfig).toEqual(config);
  });

  it('starts the job, and then it rolls out', async () => {
    ota = await startOta();
    await schedule({ startTime: '2026-01-01T00:30' });
    expect(await job('j')).toMatchObject({ status: 'SCHEDULED', jobProcessDetails: { numberOfQueuedThings: 0 } });
    ota.clock.advance(30 * 60_000);
    expect(await job('j')).toMatchObject({ status: 'IN_PROGRESS', jobProcessDetails: { numberOfQueuedThings: 1 } });
  });

  it('can be canceled before it starts, unless it is assumed that AWS refuses', async () => {
    ota = await startOta();
    await schedule({ startTime: '2026-01-01T00:30' });
    await ota.iot.send(new CancelJobCommand({ jobId: 'j' }));
    expect((await job('j'))?.status).toBe('CANCELED');
    ota.clock.advance(3_600_000);
    expect((await job('j'))?.status).toBe('CANCELED');
    await ota.stop();
    ota = await startOta({ iot: { cancelOfScheduled: 'refused' } });
    await schedule({ startTime: '2026-01-01T00:30' });
    await expect(ota.iot.send(new CancelJobCommand({ jobId: 'j' }))).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  it('is hidden from a list by group, unless it is assumed that it is not', async () => {
    ota = await startOta();
    const targets = [groupArn('ten')];
    await schedule({ startTime: '2026-01-01T00:30' }, { targets });
    await createJob('now', { targets });
    const ids = async (query: object) => (await ota.iot.send(new ListJobsCommand(query))).jobs?.map((one) => one.jobId);
    expect(await ids({})).toEqual(['now', 'j']);
    expect(await ids({ thingGroupName: 'ten' })).toEqual(['now']);
    await ota.stop();
    ota = await startOta({ iot: { listJobsOfGroup: 'all' } });
    await schedule({ startTime: '2026-01-01T00:30' }, { targets });
    expect(await ids({ thingGroupName: 'ten' })).toEqual(['j']);
  });

  it('is judged by wall time, and its distance passes as fast as the clock runs', async () => {
    ota = await startOta();
    // The clock is hours ahead of the wall by now. `wall` stays what people read.
    let ahead = 5 * 3_600_000;
    const wall = Date.UTC(2026, 5, 1, 12, 0);
    const waiting: { readonly due: number; readonly work: () => void }[] = [];
    const core = createIotCore({
      clock: {
        now: () => wall + ahead,
        wall: () => wall,
        after: (milliseconds, work) => {
          waiting.push({ due: wall + ahead + milliseconds, work });
          return () => undefined;
        },
      },
      objects: createObjects(),
      accountId: ACCOUNT,
      region: REGION,
    });
    const call = async (method: string, path: string, body: object = {}) => {
      const request = { method, path, query: new URLSearchParams(), headers: {}, body: Buffer.from(JSON.stringify(body)) };
      const { status, body: answer } = await core.handle({ ...request, accountId: ACCOUNT, region: REGION, endpoint: '' });
      return { status, body: JSON.parse(`${answer}`) };
    };
    const body = (startTime: string) => ({ targets: [thingArn('t')], document: '{}', schedulingConfig: { startTime } });
    expect((await call('PUT', '/jobs/early', body('2026-06-01T12:29'))).status).toBe(400);
    expect((await call('PUT', '/jobs/j', body('2026-06-01T12:30'))).status).toBe(200);
    const status = async () => (await call('GET', '/jobs/j')).body.job.status;
    const pass = (milliseconds: number) => {
      ahead += milliseconds;
      for (const one of waiting.splice(0).sort((a, b) => a.due - b.due)) {
        if (one.due <= wall + ahead) one.work();
        else waiting.push(one);
      }
    };
    pass(30 * 60_000 - 1);
    expect(await status()).toBe('SCHEDULED');
    pass(1);
    expect(await status()).toBe('IN_PROGRESS');
  });
});
