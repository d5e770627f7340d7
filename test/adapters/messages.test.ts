/** The sentences that the adapters throw, each pinned once. Other tests pin names, ids and places. */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IoTClient } from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { artifacts } from '../../adapters/artifacts.ts';
import { bus, type Outgoing } from '../../adapters/bus.ts';
import { documents } from '../../adapters/documents.ts';
import { iotCore } from '../../adapters/iot-core.ts';
import { ledger } from '../../adapters/ledger/ledger.ts';
import { limiter } from '../../adapters/limiter.ts';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import { managedIntegrations } from '../../adapters/managed-integrations/managed-integrations.ts';
import { queues } from '../../adapters/queues.ts';
import type { Subject } from '../../domain/rollout/observation.ts';
import type { TimeLeft } from '../../domain/rollout/ports.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type Answer, type ScriptedServer, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';
import { aMinute, oneClient, withAMinute } from '../../proof/support/control-plane.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const ok = (body: string | Readonly<Record<string, unknown>> = {}, headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers,
  body,
});
const s3Error = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as scripted</Message></Error>`,
});

const s3 = () => new S3Client({ ...clientSettings(server), forcePathStyle: true });
const location = { bucket: 'acme', key: 'a.bin', version: 'v1' };
const facts = () => artifacts(s3()).facts(location);
const read = (sizeBytes: number, time = aMinute) => artifacts(s3()).read(location, sizeBytes, time);
const document = { bucket: 'documents', key: 'd.json', copyOf: { ...location, sha256: '00' } };

const subject: Subject = { rolloutId: 'fw-1', attempt: 1, request: {}, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 1 } };
const markers = { 'ota-dispatch.rolloutId': 'fw-1', 'ota-dispatch.requestDigest': 'd1' };
const iot = () => withAMinute(iotCore(oneClient(new IoTClient(clientSettings(server)))));
const search = (time: TimeLeft) =>
  managedIntegrations(oneClient(new IoTManagedIntegrationsClient(clientSettings(server)))).look(subject, 'creation', time);
const mi = () => withAMinute(managedIntegrations(oneClient(new IoTManagedIntegrationsClient(clientSettings(server)))));

/** A ledger whose client answers every command with this. */
const ledgerOf = (send: () => Promise<unknown>) => ledger({ send } as Parameters<typeof ledger>[0], 'ledger');

describe('an error that is thrown says', () => {
  it.each<[message: string, answers: Answer[], work: () => Promise<unknown>]>([
    [
      'not allowed to read s3://acme/a.bin at version v1: the function’s role and the bucket must allow s3:GetObjectVersion, and s3:ListBucketVersions to see that an object is missing. A KMS key of the bucket must be enabled, allow kms:Decrypt, and be in the parameter artifactKeys',
      [{ status: 403 }, s3Error(403, 'AccessDenied')],
      facts,
    ],
    [
      'could not read s3://acme/a.bin at version v1: the bucket acme is in the region eu-west-1, and artifact buckets must be in the region of the stage: copy the artifact to one, and release it from there',
      [{ status: 301 }, { ...s3Error(301, 'PermanentRedirect'), headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
      facts,
    ],
    ['could not read s3://acme/a.bin at version v1: InternalError', [{ status: 500 }, s3Error(500, 'InternalError')], facts],
    ['could not read s3://acme/a.bin at version v1: Error', [ok('cut')], () => read(9)],
    ['s3://acme/a.bin at version v1 is not what was released: its SHA-256 differs', [ok('{}')], () => documents(s3()).write(document)],
    ['s3://acme/a.bin at version v1 is too long for a job document', [ok('x'.repeat(131_073))], () => documents(s3()).write(document)],
    [
      'the key d.json does not contain the SHA-256 of its content',
      [],
      () => documents(s3()).write({ bucket: 'documents', key: 'd.json', body: '{}' }),
    ],
    [
      'could not write s3://documents/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json: AccessDenied',
      [s3Error(403, 'AccessDenied')],
      () =>
        documents(s3()).write({
          bucket: 'documents',
          key: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json',
          body: '{}',
        }),
    ],
    [
      'the bus firmware-local did not accept OTA Rollout Failed (InternalFailure: sorry)',
      [1, 2].map(() => ok({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' }] })),
      () =>
        bus(new EventBridgeClient(clientSettings(server)), { name: 'firmware-local' }).publish([
          { detailType: 'OTA Rollout Failed', detail: {} } as unknown as Outgoing,
        ]),
    ],
    [
      'SQS did not accept these of 1 follow-ups: 0 (InternalError: sorry)',
      [ok({ Successful: [], Failed: [{ Id: '0', Code: 'InternalError', Message: 'sorry', SenderFault: false }] })],
      () =>
        queues(new SQSClient(clientSettings(server)), { followUpsUrl: `${server.endpoint}/0/q`, rejectedUrl: '' }).sendFollowUps([
          { body: 'b', delaySeconds: 0 },
        ]),
    ],
    [
      'GetOTAUpdate of fw-1-1 returned the unknown status NEW',
      [ok({ otaUpdateInfo: { otaUpdateStatus: 'NEW', additionalParameters: markers } })],
      () => iot().look(subject, 'creation'),
    ],
    ['GetOTAUpdate of fw-1-1 returned no update', [ok()], () => iot().look(subject, 'creation')],
    [
      'DescribeJob of AFR_OTA-fw-1-1 returned the unknown status NEW',
      [ok({ job: { jobId: 'AFR_OTA-fw-1-1', status: 'NEW' } })],
      () => iot().look(subject, 'job'),
    ],
    ['DescribeJob of AFR_OTA-fw-1-1 returned no job', [ok()], () => iot().look(subject, 'job')],
    [
      'GetOtaTask of T1 returned the unknown status NEW',
      [ok({ TaskId: 'T1', Status: 'NEW' })],
      () => mi().look({ ...subject, aws: { taskId: 'T1' } }, 'job'),
    ],
    [
      'ListOtaTasks returned the same page twice',
      [ok({ Tasks: [], NextToken: 'p2' }), ok({ Tasks: [], NextToken: 'p2' })],
      () => mi().look(subject, 'creation'),
    ],
    ['could not look in the time left: not every page of tasks was read', [], () => search({ millisecondsLeft: () => 8_000 })],
    [
      'could not look in the time left: the tags of some tasks were not read',
      [ok({ Tasks: [{ TaskId: 'T1' }] })],
      () => search({ millisecondsLeft: () => (server.seen.length === 0 ? 9_000 : 8_000) }),
    ],
    [
      'AWS did not answer in the time left, which was 5000 ms',
      [],
      async () => {
        const ended = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
        await search({ millisecondsLeft: () => 9_000 }).finally(() => ended.mockRestore());
      },
    ],
    [
      'the ledger item P S has no attribute rollout',
      [],
      () => ledgerOf(async () => ({ Item: { pk: { S: 'P' }, sk: { S: 'S' }, formatVersion: { N: '1' } } })).read(aRollout()),
    ],
    [
      'the ledger item P S has no number for its formatVersion: no version of the service wrote it',
      [],
      () => ledgerOf(async () => ({ Item: { pk: { S: 'P' }, sk: { S: 'S' } } })).read(aRollout()),
    ],
    [
      'the ledger item P S has the format 2, and this version of the service reads formats up to 1: deploy the newer version again',
      [],
      () => ledgerOf(async () => ({ Item: { pk: { S: 'P' }, sk: { S: 'S' }, formatVersion: { N: '2' } } })).read(aRollout()),
    ],
    [
      'DynamoDB left 1 keys of a BatchGetItem unread',
      [],
      () => ledgerOf(async () => ({ UnprocessedKeys: { ledger: { Keys: [{}] } } })).load(aRollout()),
    ],
    ['perSecond must be greater than 0, got 0', [], async () => limiter({ perSecond: 0, now: Date.now, sleep: async () => undefined })],
  ])('%s', async (message, answers, work) => {
    server.answer(...answers);
    await expect((async () => work())()).rejects.toMatchObject({ message });
  });

  it.each<[message: string, time: TimeLeft]>([
    ['read 0 of 9 bytes of s3://acme/a.bin at version v1 in the time left', { millisecondsLeft: () => 8_999 }],
    ['read 3 bytes of s3://acme/a.bin at version v1, but its size is 9', aMinute],
  ])('%s, as the cause of a failed read', async (message, time) => {
    server.answer(ok('cut'));
    await expect(read(9, time)).rejects.toMatchObject({ cause: { message } });
  });

  it('CreateOtaTask returned no TaskId, as the message of a reply', async () => {
    server.answer({ status: 201, body: {} });
    expect(await mi().create({ S3Url: 's3://b/k', OtaType: 'ONE_TIME', ClientToken: 'fw-1' })).toEqual({
      kind: 'unknown',
      message: 'CreateOtaTask returned no TaskId',
    });
  });
});
