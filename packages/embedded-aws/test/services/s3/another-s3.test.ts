import { CreateOTAUpdateCommand, GetOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, type EmbeddedAws, startEmbeddedAws } from '../../../src/index.ts';
import { createManagedIntegrationsClient } from '../../support/managed-integrations.ts';

const started: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const aws of started.splice(0)) await aws.stop();
});

async function start(options: { readonly artifactsEndpoint?: string } = {}) {
  const aws = await startEmbeddedAws({ clock: createManualClock(), ...options });
  started.push(aws);
  return aws;
}

/** A versioned bucket `firmware` with one object. Answers the version of the object. */
async function put(aws: Pick<EmbeddedAws, 'client'>, Key: string, Body: string): Promise<string | undefined> {
  const s3 = new S3Client(aws.client);
  const Bucket = 'firmware';
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  s3.destroy();
  return VersionId;
}

/** Creates an update whose artifact AWS Signer signs, as only a versioned object can be. Answers how the creation ended. */
async function createUpdate(aws: Awaited<ReturnType<typeof start>>, key: string, version: string | undefined) {
  const iot = new IoTClient({ ...aws.client, maxAttempts: 1 });
  const update = {
    otaUpdateId: 'release-1',
    targets: [`arn:aws:iot:${aws.region}:${aws.accountId}:thinggroup/beta`],
    roleArn: `arn:aws:iam::${aws.accountId}:role/ota`,
  };
  const codeSigning = { startSigningJobParameter: { signingProfileName: 'acme' } };
  const files = [{ fileName: 'app.bin', codeSigning, fileLocation: { s3Location: { bucket: 'firmware', key, version } } }];
  await iot.send(new CreateOTAUpdateCommand({ ...update, files }));
  aws.clock.advance(60_000);
  const { otaUpdateInfo } = await iot.send(new GetOTAUpdateCommand(update));
  iot.destroy();
  return { status: otaUpdateInfo?.otaUpdateStatus, code: otaUpdateInfo?.errorInfo?.code };
}

describe('control planes with another S3', () => {
  it('create an update with an artifact that only the other S3 has', async () => {
    const other = await start();
    const version = await put(other, 'app.bin', 'the image');
    const aws = await start({ artifactsEndpoint: other.endpoint });
    expect(await createUpdate(aws, 'app.bin', version)).toEqual({ status: 'CREATE_COMPLETE', code: undefined });
  });

  it('create a task with a job document that only the other S3 has', async () => {
    const other = await start();
    const version = await put(other, 'job.json', '{"schema":3}');
    const aws = await start({ artifactsEndpoint: other.endpoint });
    const mi = createManagedIntegrationsClient(aws.endpoint);
    const task = await mi.createOtaTask({
      OtaType: 'CONTINUOUS',
      OtaTargetQueryString: 'attributes.model=hub-2',
      Protocol: 'HTTP',
      S3Url: `https://firmware.s3.us-east-1.amazonaws.com/job.json?versionId=${version}`,
    });
    expect(task).toMatchObject({ TaskId: expect.any(String) });
  });

  it('find nothing where neither S3 has the object', async () => {
    const other = await start();
    await put(other, 'app.bin', 'the image');
    const aws = await start({ artifactsEndpoint: other.endpoint });
    expect(await createUpdate(aws, 'other.bin', 'v1')).toMatchObject({ status: 'CREATE_FAILED' });
  });

  it('prefer the object of the embedded S3', async () => {
    const aws = await start({ artifactsEndpoint: 'http://127.0.0.1:1' });
    const version = await put(aws, 'app.bin', 'the image');
    expect(await createUpdate(aws, 'app.bin', version)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });

  it('answer 500 if the other S3 does not answer', async () => {
    const aws = await start({ artifactsEndpoint: 'http://127.0.0.1:1' });
    await expect(createUpdate(aws, 'app.bin', 'v1')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  });
});
