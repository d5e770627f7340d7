import { createVerify } from 'node:crypto';
import {
  type CodeSigning,
  CreateOTAUpdateCommand,
  CreateStreamCommand,
  DescribeJobCommand,
  DescribeStreamCommand,
  GetJobDocumentCommand,
  GetOTAUpdateCommand,
  IoTClient,
  type OTAUpdateFile,
} from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../src/clock.ts';
import { startEmbeddedAws } from '../../../src/index.ts';
import { type Ota, otaUpdate, REGION, startOta } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota?.stop());

/** Creates an update of these files and returns it when its creation has ended. */
async function outcome(files: readonly OTAUpdateFile[], changes: object = {}) {
  await ota.iot.send(new CreateOTAUpdateCommand(otaUpdate('release', { files: [...files], ...changes })));
  ota.clock.advance(3_000);
  return (await ota.iot.send(new GetOTAUpdateCommand({ otaUpdateId: 'release' }))).otaUpdateInfo;
}
const documentText = async () => (await ota.iot.send(new GetJobDocumentCommand({ jobId: 'AFR_OTA-release' }))).document ?? '';
const fileInDocument = async () => JSON.parse(await documentText()).afr_ota.files[0];
const verifies = (content: string, signature: string) =>
  createVerify('sha256').update(content).verify(ota.core.signingPublicKey, signature, 'base64');

const s3Location = { bucket: 'firmware', key: 'app.bin', version: 'v1' };

describe('a file without a location, whose signing job knows it', () => {
  const file = { fileName: 'app', codeSigning: { awsSignerJobId: 'job-1' } };

  it('fails if no such job is known, so that no device gets an empty file', async () => {
    ota = await startOta();
    const info = await outcome([file]);
    expect(info).toMatchObject({ otaUpdateStatus: 'CREATE_FAILED', errorInfo: { code: 'ResourceNotFoundException' } });
    expect(info?.errorInfo?.message).toMatch(/^Signing job job-1 cannot be found\. \(Service: AWSSigner; Status Code: 404; /);
    await expect(ota.iot.send(new DescribeJobCommand({ jobId: 'AFR_OTA-release' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('is that of a finished job: its size, its signature, its object in the stream', async () => {
    ota = await startOta();
    ota.core.finishSigningJob('job-1', s3Location);
    expect((await outcome([file]))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
    const written = await fileInDocument();
    expect(written).toMatchObject({ filepath: 'app', filesize: 9 });
    expect(verifies('the image', written['sig-sha256-ecdsa'])).toBe(true);
    const { streamname } = JSON.parse(await documentText()).afr_ota;
    const { streamInfo } = await ota.iot.send(new DescribeStreamCommand({ streamId: streamname }));
    expect(streamInfo?.files).toEqual([{ fileId: 0, s3Location }]);
  });

  it('has a URL over HTTP', async () => {
    ota = await startOta();
    ota.core.finishSigningJob('job-1', { bucket: 'firmware', key: 'app.bin' });
    await outcome([file], { protocols: ['HTTP'] });
    expect((await fileInDocument()).update_data_url).toContain(`https://s3.${REGION}.amazonaws.com/firmware/app.bin?versionId=v1`);
  });

  it('fails if the object of the job is gone', async () => {
    ota = await startOta();
    ota.core.finishSigningJob('job-1', { bucket: 'firmware', key: 'gone.bin' });
    expect((await outcome([file]))?.errorInfo?.message).toMatch(/^S3 object gone\.bin not accessible/);
  });

  it.each([
    ['an empty location', { fileLocation: {} }],
    ['a location without a key', { fileLocation: { s3Location: { bucket: 'firmware' } } }],
  ])('may have %s', async (_, location) => {
    ota = await startOta();
    ota.core.finishSigningJob('job-1', s3Location);
    await outcome([{ ...file, ...location }]);
    expect((await fileInDocument()).filesize).toBe(9);
  });

  it('can name the signing job of an earlier update, or one that the embedded AWS was given', async () => {
    const aws = await startEmbeddedAws({ clock: createManualClock() });
    const [s3, iot] = [new S3Client(aws.client), new IoTClient(aws.client)];
    for (const Bucket of ['firmware', 'signed']) {
      await s3.send(new CreateBucketCommand({ Bucket }));
      await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    }
    const image = { Bucket: 'firmware', Key: 'app.bin' };
    const { VersionId: version } = await s3.send(new PutObjectCommand({ ...image, Body: 'the image' }));
    const sizeOf = async (id: string, one: OTAUpdateFile) => {
      await iot.send(new CreateOTAUpdateCommand({ ...otaUpdate(id), files: [one] }));
      aws.clock.advance(3_000);
      const { otaUpdateInfo } = await iot.send(new GetOTAUpdateCommand({ otaUpdateId: id }));
      const { document = '' } = await iot.send(new GetJobDocumentCommand({ jobId: `AFR_OTA-${id}` }));
      return {
        size: JSON.parse(document).afr_ota.files[0].filesize,
        jobId: otaUpdateInfo?.otaUpdateFiles?.[0]?.codeSigning?.awsSignerJobId,
      };
    };
    const destination = { s3Destination: { bucket: 'signed', prefix: 'out/' } };
    const codeSigning = { startSigningJobParameter: { signingProfileName: 'ota_profile', destination } };
    const signed = await sizeOf('signed', { fileLocation: { s3Location: { bucket: image.Bucket, key: image.Key, version } }, codeSigning });
    expect(await sizeOf('again', { codeSigning: { awsSignerJobId: signed.jobId } })).toMatchObject({ size: 9 });

    aws.finishSigningJob('in-process', { bucket: 'firmware', key: 'app.bin' });
    expect(await sizeOf('in-process', { codeSigning: { awsSignerJobId: 'in-process' } })).toMatchObject({ size: 9 });
    const post = (body: object) => fetch(`${aws.endpoint}/_ota/signing-jobs`, { method: 'POST', body: JSON.stringify(body) });
    expect((await post({ jobId: 'over-http', bucket: 'firmware', key: 'app.bin', version })).status).toBe(204);
    expect(await sizeOf('over-http', { codeSigning: { awsSignerJobId: 'over-http' } })).toMatchObject({ size: 9 });
    for (const wrong of [
      {},
      { jobId: 'a', bucket: 'b' },
      { jobId: 'a', bucket: 'b', key: 7 },
      { jobId: 'a', bucket: 'b', key: 'k', version: '' },
    ])
      expect((await post(wrong)).status).toBe(400);
    for (const client of [s3, iot]) client.destroy();
    await aws.stop();
  });
});

describe('a file in a stream', () => {
  const inStream = (fileId: number, codeSigning?: CodeSigning) => [
    { fileName: 'app', fileLocation: { stream: { streamId: 'images', fileId } }, ...(codeSigning && { codeSigning }) },
  ];
  const makeStream = (files: object[]) =>
    ota.iot.send(new CreateStreamCommand({ streamId: 'images', files, roleArn: otaUpdate('x').roleArn }));

  it('has the size of its object, and the signature of its signing job', async () => {
    ota = await startOta();
    ota.objects.put('firmware', 'other.bin', 'another image');
    await makeStream([
      { fileId: 0, s3Location },
      { fileId: 7, s3Location: { bucket: 'firmware', key: 'other.bin' } },
    ]);
    await outcome(inStream(7, { awsSignerJobId: 'job-1' }));
    const written = await fileInDocument();
    expect(written).toMatchObject({ fileid: 7, filesize: 13 });
    expect(verifies('another image', written['sig-sha256-ecdsa'])).toBe(true);
  });

  it.each([
    ['no such stream', [], 'ResourceNotFoundException', /^Stream images cannot be found/],
    ['a stream without that file', [{ fileId: 1, s3Location }], 'InvalidRequestException', /^Stream images has no file 0/],
    ['a stream that gives no location', [{ fileId: 0 }], 'InvalidRequestException', /^Stream images has no file 0/],
    [
      'a stream whose object is gone',
      [{ fileId: 0, s3Location: { bucket: 'firmware', key: 'gone' } }],
      'AccessDeniedException',
      /^S3 object gone/,
    ],
  ])('fails with %s, so that no device gets an empty file', async (_, files, code, message) => {
    ota = await startOta();
    if (files.length > 0) await makeStream(files);
    const info = await outcome(inStream(0));
    expect(info).toMatchObject({ otaUpdateStatus: 'CREATE_FAILED', errorInfo: { code, message: expect.stringMatching(message) } });
  });
});

describe('a codeSigning without content', () => {
  const empty: readonly (readonly [string, CodeSigning])[] = [
    ['{}', {}],
    ['an empty signing job', { awsSignerJobId: '' }],
    ['an empty custom signature', { customCodeSigning: {} }],
    [
      'what create-ota-update --generate-cli-skeleton leaves',
      {
        startSigningJobParameter: { signingProfileParameter: { certificateArn: '' }, destination: { s3Destination: {} } },
        customCodeSigning: { signature: {}, certificateChain: { certificateName: '' } },
      },
    ],
  ];
  const files = (codeSigning: CodeSigning) => [{ fileLocation: { s3Location } }, { fileLocation: { s3Location }, codeSigning }];

  it.each(empty)('is refused at once: %s', async (_, codeSigning) => {
    ota = await startOta();
    await expect(outcome(files(codeSigning))).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining("'files[1].codeSigning'"),
    });
  });

  it.each(empty)('fails later if that is assumed: %s', async (_, codeSigning) => {
    ota = await startOta({ iot: { emptyCodeSigning: 'failed' } });
    const info = await outcome(files(codeSigning));
    expect(info).toMatchObject({ otaUpdateStatus: 'CREATE_FAILED', errorInfo: { code: 'InvalidRequestException' } });
    expect(info?.errorInfo?.message).toContain("'files[1].codeSigning'");
  });

  it('is an unsigned file if that is assumed', async () => {
    ota = await startOta({ iot: { emptyCodeSigning: 'unsigned' } });
    expect((await outcome(files({})))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
    expect(JSON.parse(await documentText()).afr_ota.files[1]).toMatchObject({ filesize: 9, 'sig--': null });
  });
});

describe('many files', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ fileName: `f${at}`, fileLocation: { s3Location } }));

  it('are at most 50, as many as the stream of the update takes', async () => {
    ota = await startOta();
    expect((await outcome(many(50)))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
  });

  it.each([
    ['MQTT by default', {}],
    ['MQTT', { protocols: ['MQTT'] }],
    ['MQTT and HTTP', { protocols: ['HTTP', 'MQTT'] }],
  ])('above 50 fail late over %s', async (_, changes) => {
    ota = await startOta();
    const info = await outcome(many(51), changes);
    expect(info).toMatchObject({ otaUpdateStatus: 'CREATE_FAILED', errorInfo: { code: 'InvalidRequestException' } });
    expect(info?.errorInfo?.message).toContain(
      "Value at 'files' failed to satisfy constraint: Member must have length less than or equal to 50",
    );
  });

  it('above 50 are created over HTTP alone, which makes no stream', async () => {
    ota = await startOta();
    expect((await outcome(many(51), { protocols: ['HTTP'] }))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
  });

  it('fit into a job document of 32768 characters, and fail late in a longer one', async () => {
    ota = await startOta();
    await outcome([{ fileName: '', fileLocation: { s3Location } }]);
    const room = 32_768 - (await documentText()).length;
    await ota.stop();
    ota = await startOta();
    expect((await outcome([{ fileName: 'a'.repeat(room), fileLocation: { s3Location } }]))?.otaUpdateStatus).toBe('CREATE_COMPLETE');
    await ota.stop();
    ota = await startOta();
    const info = await outcome([{ fileName: 'a'.repeat(room + 1), fileLocation: { s3Location } }]);
    expect(info).toMatchObject({ otaUpdateStatus: 'CREATE_FAILED', errorInfo: { code: 'InvalidRequestException' } });
    expect(info?.errorInfo?.message).toContain(
      "Value at 'document' failed to satisfy constraint: Member must have length less than or equal to 32768",
    );
  });
});
