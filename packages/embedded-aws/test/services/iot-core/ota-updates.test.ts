import { createHash, createVerify } from 'node:crypto';
import {
  CreateJobCommand,
  CreateOTAUpdateCommand,
  DeleteOTAUpdateCommand,
  DescribeJobCommand,
  DescribeStreamCommand,
  GetJobDocumentCommand,
  GetOTAUpdateCommand,
  ListOTAUpdatesCommand,
  ListStreamsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT, groupArn, type Ota, otaUpdate, REGION, startOta, thingArn } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const get = async (otaUpdateId: string) => (await ota.iot.send(new GetOTAUpdateCommand({ otaUpdateId }))).otaUpdateInfo;
const create = (id: string, changes?: object) => ota.iot.send(new CreateOTAUpdateCommand(otaUpdate(id, changes)));
const document = async (jobId: string) => JSON.parse((await ota.iot.send(new GetJobDocumentCommand({ jobId }))).document ?? '').afr_ota;

/** Creates an update and returns it when its creation has ended. */
async function outcome(id: string, changes?: object) {
  await create(id, changes);
  ota.clock.advance(3_000);
  return get(id);
}

describe('creating an OTA update', () => {
  it('answers CREATE_PENDING without a job, then has one named AFR_OTA-ID within three seconds', async () => {
    ota = await startOta();
    const answer = await create('first');
    expect(answer).toMatchObject({ otaUpdateId: 'first', otaUpdateStatus: 'CREATE_PENDING' });
    expect(answer.otaUpdateArn).toBe(`arn:aws:iot:${REGION}:${ACCOUNT}:otaupdate/first`);
    expect(answer.awsIotJobId).toBeUndefined();
    expect(await get('first')).not.toHaveProperty('awsIotJobId');
    ota.clock.advance(1_000);
    expect((await get('first'))?.otaUpdateStatus).toBe('CREATE_IN_PROGRESS');
    ota.clock.advance(2_000);
    expect(await get('first')).toMatchObject({
      otaUpdateStatus: 'CREATE_COMPLETE',
      awsIotJobId: 'AFR_OTA-first',
      awsIotJobArn: `arn:aws:iot:${REGION}:${ACCOUNT}:job/AFR_OTA-first`,
    });
    const { job } = await ota.iot.send(new DescribeJobCommand({ jobId: 'AFR_OTA-first' }));
    expect(job).toMatchObject({ status: 'IN_PROGRESS', targets: [thingArn('thermostat-1')], targetSelection: 'SNAPSHOT' });
  });

  it('refuses an id that is taken, even by a failed update, and names the update', async () => {
    ota = await startOta();
    expect(
      (await outcome('taken', { files: [{ fileLocation: { s3Location: { bucket: 'firmware', key: 'gone' } } }] }))?.otaUpdateStatus,
    ).toBe('CREATE_FAILED');
    await expect(create('taken')).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      resourceId: 'taken',
      resourceArn: `arn:aws:iot:${REGION}:${ACCOUNT}:otaupdate/taken`,
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('is returned without role, tags, abort and timeout, with the defaults that AWS fills in', async () => {
    ota = await startOta();
    const info = await outcome('echo', {
      description: 'as sent',
      protocols: ['MQTT'],
      awsJobAbortConfig: {
        abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 50, minNumberOfExecutedThings: 1 }],
      },
      awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 5 },
      tags: [{ Key: 'k', Value: 'v' }],
      additionalParameters: { digest: 'd' },
    });
    expect(Object.keys(info ?? {}).sort()).toEqual([
      'additionalParameters',
      'awsIotJobArn',
      'awsIotJobId',
      'awsJobExecutionsRolloutConfig',
      'awsJobPresignedUrlConfig',
      'creationDate',
      'description',
      'lastModifiedDate',
      'otaUpdateArn',
      'otaUpdateFiles',
      'otaUpdateId',
      'otaUpdateStatus',
      'protocols',
      'targets',
    ]);
    expect(info).toMatchObject({ awsJobExecutionsRolloutConfig: {}, awsJobPresignedUrlConfig: { expiresInSec: 1800 } });
    expect(info?.otaUpdateFiles?.[0]?.codeSigning?.startSigningJobParameter).toEqual({ signingProfileParameter: {} });
    expect(info?.otaUpdateFiles?.[0]?.codeSigning?.customCodeSigning?.signature?.inlineDocument).toEqual(
      new TextEncoder().encode('MEUCIQ=='),
    );
    const tags = await ota.iot.send(new ListTagsForResourceCommand({ resourceArn: info?.otaUpdateArn }));
    expect(tags.tags).toEqual([{ Key: 'k', Value: 'v' }]);
  });

  it('has 0 for an unset maximum of an exponential rollout', async () => {
    ota = await startOta();
    const exponentialRate = { baseRatePerMinute: 10, incrementFactor: 2, rateIncreaseCriteria: { numberOfNotifiedThings: 5 } };
    const info = await outcome('rate', { awsJobExecutionsRolloutConfig: { exponentialRate } });
    expect(info?.awsJobExecutionsRolloutConfig).toEqual({ maximumPerMinute: 0, exponentialRate });
  });
});

describe('the job document of an OTA update', () => {
  it('names the stream, the file and a signature under its algorithms, hash first', async () => {
    ota = await startOta();
    await outcome('doc');
    const written = await document('AFR_OTA-doc');
    expect(written).toEqual({
      protocols: ['MQTT'],
      streamname: expect.stringMatching(/^AFR_OTA-[0-9a-f-]{36}$/),
      files: [
        {
          filepath: 'app',
          filesize: 9,
          fileid: 0,
          certfile: 'cert.pem',
          fileType: 0,
          update_data_url: null,
          auth_scheme: null,
          'sig-sha256-ecdsa': 'MEUCIQ==',
        },
      ],
    });
    const stream = await ota.iot.send(new DescribeStreamCommand({ streamId: written.streamname }));
    expect(stream.streamInfo?.files).toEqual([{ fileId: 0, s3Location: { bucket: 'firmware', key: 'app.bin', version: 'v1' } }]);
  });

  it('has sig-- null for a file without code signing, which AWS accepts and devices refuse', async () => {
    ota = await startOta();
    await outcome('bare', { files: [{ fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin' } } }] });
    expect((await document('AFR_OTA-bare')).files[0]).toMatchObject({ 'sig--': null, certfile: null });
  });

  it.each([
    ['a sentence with a line break', Buffer.from('This is my custom signature\n'), 'This is my custom signature\n'],
    ['base64 text, which a device can decode', Buffer.from('MEUCIQ=='), 'MEUCIQ=='],
    ['bytes that are not UTF-8, which no device can decode', Buffer.from([0x30, 0x45, 0xff]), '0E\ufffd'],
  ])('shows a custom signature as the text of its blob: %s', async (_what, inlineDocument, text) => {
    ota = await startOta();
    const [file] = otaUpdate('x').files;
    const codeSigning = { customCodeSigning: { ...file?.codeSigning.customCodeSigning, signature: { inlineDocument } } };
    await outcome('custom', { files: [{ ...file, codeSigning }] });
    expect((await document('AFR_OTA-custom')).files[0]['sig-sha256-ecdsa']).toBe(text);
  });

  it('accepts any hash algorithm, even one that devices do not know', async () => {
    ota = await startOta();
    const [file] = otaUpdate('x').files;
    const codeSigning = { customCodeSigning: { ...file?.codeSigning.customCodeSigning, hashAlgorithm: 'SHA-256' } };
    await outcome('odd', { files: [{ ...file, codeSigning }] });
    expect((await document('AFR_OTA-odd')).files[0]).toHaveProperty('sig-sha-256-ecdsa');
  });

  it('has a presigned URL placeholder and no stream over HTTP', async () => {
    ota = await startOta();
    await outcome('http', { protocols: ['HTTP'] });
    const written = await document('AFR_OTA-http');
    expect(written).not.toHaveProperty('streamname');
    expect(written.files[0]).toMatchObject({
      update_data_url: `\${aws:iot:s3-presigned-url:https://s3.${REGION}.amazonaws.com/firmware/app.bin?versionId=v1}`,
      auth_scheme: 'aws.s3.presigned',
    });
  });
});

describe('signing on request', () => {
  const signed = (changes: object = {}, location: object = {}) => ({
    files: [
      {
        fileName: 'app',
        fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin', version: 'v1', ...location } },
        codeSigning: {
          startSigningJobParameter: {
            signingProfileName: 'ota_profile',
            destination: { s3Destination: { bucket: 'signed', prefix: 'out/' } },
            ...changes,
          },
        },
      },
    ],
  });

  it('puts a signature into the document that the published key verifies, and returns the signing job', async () => {
    ota = await startOta();
    const info = await outcome('signed', signed());
    const jobId = info?.otaUpdateFiles?.[0]?.codeSigning?.awsSignerJobId;
    expect(jobId).toMatch(/^[0-9a-f-]{36}$/);
    const [file] = (await document('AFR_OTA-signed')).files;
    const verifies = createVerify('sha256').update('the image').verify(ota.core.signingPublicKey, file['sig-sha256-ecdsa'], 'base64');
    expect(verifies).toBe(true);
  });

  it('writes the signed object and then the raw file under the same key, which fires every S3 trigger twice', async () => {
    ota = await startOta();
    const info = await outcome('twice', signed());
    const key = `out/${info?.otaUpdateFiles?.[0]?.codeSigning?.awsSignerJobId}`;
    expect(ota.written.map((one) => [one.bucket, one.key])).toEqual([
      ['signed', key],
      ['signed', key],
    ]);
    expect(JSON.parse(ota.written[0]?.body.toString() ?? '')).toMatchObject({ rawPayloadSize: 9, signatureAlgorithm: 'SHA256withECDSA' });
    expect(
      createHash('sha256')
        .update(ota.written[1]?.body ?? '')
        .digest('hex'),
    ).toBe(createHash('sha256').update('the image').digest('hex'));
  });

  it('fails late on an unversioned bucket, without a version, and with a profile name that Signer refuses', async () => {
    ota = await startOta();
    const noVersion = await outcome('no-version', signed({}, { version: undefined }));
    expect(noVersion?.errorInfo?.message).toMatch(/version of the S3 object app\.bin is required .*AWSSigner.*400/);
    const profile = await outcome('profile', signed({ signingProfileName: 'has-hyphen' }));
    expect(profile?.errorInfo).toMatchObject({ code: 'ValidationException' });
    ota.objects.makeUnversioned('firmware');
    const bucket = await outcome('bucket', signed());
    expect(bucket?.errorInfo?.message).toMatch(/bucket firmware must be version enabled/);
  });
});

describe('late failures', () => {
  const file = (s3Location: object) => ({ files: [{ fileLocation: { s3Location } }] });
  const rate = (incrementFactor: number) => ({
    awsJobExecutionsRolloutConfig: { exponentialRate: { baseRatePerMinute: 1, incrementFactor, rateIncreaseCriteria: {} } },
  });

  it.each([
    [
      'an object that is not there',
      file({ bucket: 'firmware', key: 'demo.bin' }),
      'AccessDeniedException',
      'S3 object demo.bin not accessible. Please check your permissions',
    ],
    [
      'a version that is not there',
      file({ bucket: 'firmware', key: 'app.bin', version: 'v9' }),
      'AccessDeniedException',
      'S3 object app.bin not accessible',
    ],
    ['an increment factor below 1.1', rate(1), 'InvalidRequestException', 'incrementFactor'],
    ['an increment factor above 5', rate(5.1), 'InvalidRequestException', 'incrementFactor'],
    ['a URL life under 60 s', { awsJobPresignedUrlConfig: { expiresInSec: 59 } }, 'InvalidRequestException', 'expiresInSec'],
    ['a URL life over an hour', { awsJobPresignedUrlConfig: { expiresInSec: 3601 } }, 'InvalidRequestException', 'expiresInSec'],
    [
      'a timeout of nothing',
      { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 0 } },
      'InvalidRequestException',
      'inProgressTimeoutInMinutes',
    ],
    [
      'a timeout over seven days',
      { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 10_081 } },
      'InvalidRequestException',
      'inProgressTimeoutInMinutes',
    ],
    [
      '101 targets',
      { targets: Array.from({ length: 101 }, (_, at) => thingArn(`t${at}`)) },
      'LimitExceededException',
      'must not exceed 100',
    ],
    ['a target of another account', { targets: ['arn:aws:iot:us-east-1:111111111111:thing/t'] }, 'ResourceNotFoundException', 'Target'],
  ])('%s ends as CREATE_FAILED', async (_what, changes, code, message) => {
    ota = await startOta();
    const info = await outcome('late', changes);
    expect(info?.otaUpdateStatus).toBe('CREATE_FAILED');
    expect(info?.errorInfo?.code).toBe(code);
    expect(info?.errorInfo?.message).toContain(message);
    expect(info?.awsIotJobId).toBeUndefined();
  });

  it.each([
    ['an increment factor of 1.1', rate(1.1)],
    ['an increment factor of 5', rate(5)],
    ['a URL life of a minute', { awsJobPresignedUrlConfig: { expiresInSec: 60 } }],
    ['a URL life of an hour', { awsJobPresignedUrlConfig: { expiresInSec: 3600 } }],
    ['a timeout of a minute', { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 1 } }],
    ['a timeout of seven days', { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 10_080 } }],
    ['100 targets', { targets: Array.from({ length: 100 }, (_, at) => thingArn(`t${at}`)) }],
  ])('%s is created', async (_what, changes) => {
    ota = await startOta();
    expect((await outcome('fits', changes))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
  });

  it('an id of 57 characters fails, because its job id is too long; 56 characters work', async () => {
    ota = await startOta();
    expect((await outcome('i'.repeat(56)))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
    expect((await outcome('i'.repeat(57)))?.errorInfo?.message).toMatch(/'jobId' failed to satisfy constraint/);
  });

  it('a role that may not be passed fails in the words of IAM', async () => {
    ota = await startOta({ iot: { roles: new Set() } });
    const info = await outcome('role');
    expect(info?.errorInfo?.code).toBe('AWSIotException');
    expect(info?.errorInfo?.message).toContain(
      `is not authorized to perform: iam:PassRole on resource: arn:aws:iam::${ACCOUNT}:role/ota-service`,
    );
  });

  it('a file over 16 MB fails, one of 16 MB does not', async () => {
    ota = await startOta();
    ota.objects.put('firmware', 'fits', Buffer.alloc(16 * 1024 * 1024));
    ota.objects.put('firmware', 'big', Buffer.alloc(16 * 1024 * 1024 + 1));
    expect((await outcome('fits', file({ bucket: 'firmware', key: 'fits' })))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
    expect((await outcome('big', file({ bucket: 'firmware', key: 'big' })))?.otaUpdateStatus).toBe('CREATE_FAILED');
  });

  it('things and groups that nobody registered fail if they are not simulated', async () => {
    ota = await startOta({ iot: { unregisteredTargets: 'refused' } });
    expect((await outcome('thing'))?.errorInfo?.code).toBe('ResourceNotFoundException');
    expect((await outcome('group', { targets: [groupArn('nobody')] }))?.errorInfo?.code).toBe('ResourceNotFoundException');
  });

  it('a job id that is taken fails the update and leaves its stream behind', async () => {
    ota = await startOta();
    await ota.iot.send(new CreateJobCommand({ jobId: 'AFR_OTA-late', targets: [thingArn('t')], document: '{}' }));
    expect((await outcome('late'))?.errorInfo?.code).toBe('ResourceAlreadyExistsException');
    expect((await ota.iot.send(new ListStreamsCommand({}))).streams).toHaveLength(1);
  });

  it('a full stream quota fails in the words of the troubleshooting guide', async () => {
    ota = await startOta({ iot: { streamQuota: 0 } });
    expect((await outcome('quota'))?.errorInfo?.message).toBe('You have exceeded the limit for the number of streams in your AWS account.');
  });

  it('an injected failure hits the next creation, whichever ends first', async () => {
    ota = await startOta();
    const errorInfo = { code: 'AWSSignerException', message: 'as injected' };
    ota.faults.add({ service: 'iot', kind: 'createFailed', times: 1, errorInfo });
    await create('struck');
    await create('spared');
    ota.clock.advance(3_000);
    expect((await get('struck'))?.errorInfo).toEqual(errorInfo);
    expect((await get('spared'))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
  });
});

describe('listing OTA updates', () => {
  it('pages through them newest first, even while others are created, and filters by status', async () => {
    ota = await startOta();
    for (const id of ['a', 'b', 'c']) await create(id);
    const first = await ota.iot.send(new ListOTAUpdatesCommand({ maxResults: 2 }));
    expect(first.otaUpdates?.map((one) => one.otaUpdateId)).toEqual(['c', 'b']);
    await create('d');
    const second = await ota.iot.send(new ListOTAUpdatesCommand({ maxResults: 2, nextToken: first.nextToken }));
    expect(second.otaUpdates?.map((one) => one.otaUpdateId)).toEqual(['a']);
    expect(second.nextToken).toBeUndefined();
    ota.clock.advance(3_000);
    await create('e');
    const pending = await ota.iot.send(new ListOTAUpdatesCommand({ otaUpdateStatus: 'CREATE_PENDING' }));
    expect(pending.otaUpdates?.map((one) => one.otaUpdateId)).toEqual(['e']);
    await expect(ota.iot.send(new ListOTAUpdatesCommand({ nextToken: 'nonsense' }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });
});

describe('deleting an OTA update', () => {
  const remove = (otaUpdateId: string, changes: object = {}) => ota.iot.send(new DeleteOTAUpdateCommand({ otaUpdateId, ...changes }));

  it('is refused while the job runs, unless the job is deleted too', async () => {
    ota = await startOta();
    await outcome('running');
    await expect(remove('running')).rejects.toMatchObject({ name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } });
    await remove('running', { forceDeleteAWSJob: true });
    expect((await get('running'))?.otaUpdateStatus).toBe('DELETE_IN_PROGRESS');
    ota.clock.advance(1_000);
    await expect(get('running')).rejects.toMatchObject({ name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } });
    await expect(ota.iot.send(new DescribeJobCommand({ jobId: 'AFR_OTA-running' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('deletes everything when the job is over, except the stream by default, and frees the id', async () => {
    ota = await startOta();
    await outcome('over');
    ota.clock.advance(60_000);
    await remove('over');
    ota.clock.advance(1_000);
    expect((await ota.iot.send(new ListStreamsCommand({}))).streams).toHaveLength(1);
    await outcome('over');
    ota.clock.advance(60_000);
    await remove('over', { deleteStream: true });
    ota.clock.advance(1_000);
    expect((await ota.iot.send(new ListStreamsCommand({}))).streams).toHaveLength(1);
  });

  it('is refused while the update is being created', async () => {
    ota = await startOta();
    await create('early');
    await expect(remove('early')).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});
