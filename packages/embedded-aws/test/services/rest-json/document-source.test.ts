import { CreateJobCommand, GetJobDocumentCommand } from '@aws-sdk/client-iot';
import { afterEach, describe, expect, it } from 'vitest';
import { ACCOUNT, type Ota, REGION, startOta, thingArn } from '../../support/ota-stand-ins.ts';

let ota: Ota;
afterEach(() => ota.stop());

const createJob = (documentSource: string) => ota.iot.send(new CreateJobCommand({ jobId: 'j', targets: [thingArn('t')], documentSource }));
const createOtaTask = (S3Url: string) => {
  const Target = [`arn:aws:iotmanagedintegrations:${REGION}:${ACCOUNT}:managed-thing/lamp`];
  return ota.mi.createOtaTask({ S3Url, OtaType: 'ONE_TIME', Target });
};

describe('a job document in S3', () => {
  it.each([
    ['s3://documents/dir/plain.json', 'documents', 'dir/plain.json'],
    ['s3://documents/a%20b.json', 'documents', 'a%20b.json'],
    ['s3://documents/100%.json', 'documents', '100%.json'],
    ['s3://documents/what?.json', 'documents', 'what?.json'],
    ['https://documents.s3.us-east-1.amazonaws.com/a%20b.json', 'documents', 'a b.json'],
    ['https://documents.s3.amazonaws.com/a+b.json', 'documents', 'a+b.json'],
    ['https://my.documents.s3-us-west-2.amazonaws.com/dir/c.json', 'my.documents', 'dir/c.json'],
    ['https://s3.us-east-1.amazonaws.com/documents/dir/a%20b.json', 'documents', 'dir/a b.json'],
    ['https://s3.amazonaws.com/documents/d.json', 'documents', 'd.json'],
    ['https://s3.dualstack.us-east-1.amazonaws.com/documents/e.json?versionId=v1', 'documents', 'e.json'],
    ['https://documents.s3.amazonaws.com/f.json?versionId=v1', 'documents', 'f.json'],
  ])('%s is read from %s as %s, by both control planes', async (source, bucket, key) => {
    ota = await startOta();
    ota.objects.put(bucket, key, '{"the":"one"}');
    await createJob(source);
    expect((await ota.iot.send(new GetJobDocumentCommand({ jobId: 'j' }))).document).toBe('{"the":"one"}');
    await createOtaTask(source);
  });

  it.each([
    'https://documents.s3.amazonaws.com/100%.json',
    'https://documents.s3.amazonaws.com/job.json?versionId=v9',
    'https://documents.example.com/job.json',
    'https://s3.amazonaws.com/documents',
    's3://documents',
  ])('%s is a 400 of both control planes', async (source) => {
    ota = await startOta();
    const $metadata = { httpStatusCode: 400 };
    await expect(createJob(source)).rejects.toMatchObject({ name: 'InvalidRequestException', $metadata });
    await expect(createOtaTask(source)).rejects.toMatchObject({ name: 'ValidationException', $metadata });
  });
});
