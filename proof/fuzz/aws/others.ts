import { AwsError } from '../../simulate/transport.ts';
import { objectAt } from '../objects.ts';
import { type Effects, type Input, isLegalInSqs } from './effects.ts';

/** The most bytes that EventBridge and SQS accept in one request. */
const REQUEST_BYTES = 1024 * 1024;
const ENTRIES = 10;
const ATTRIBUTE_CHARACTERS = 1024;

type Handle = (operation: string, input: Input) => unknown;

/** The bus. It accepts what EventBridge accepts. */
export function eventBridge(effects: () => Effects): Handle {
  return (operation, input) => {
    if (operation !== 'PutEvents') throw new Error(`the fuzzer has no EventBridge ${operation}`);
    const entries = input['Entries'] as { Source: string; DetailType: string; Detail: string }[];
    const bytes = entries.reduce((sum, { Source, DetailType, Detail }) => sum + Buffer.byteLength(Source + DetailType + Detail), 0);
    if (entries.length < 1 || entries.length > ENTRIES) throw new AwsError('ValidationException', `${entries.length} entries`);
    if (bytes > REQUEST_BYTES) throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit');
    for (const { DetailType: detailType, Detail: text } of entries) effects().published.push({ detailType, detail: JSON.parse(text) });
    return { FailedEntryCount: 0, Entries: entries.map((_, index) => ({ EventId: `e${index}` })) };
  };
}

/** The queues. They accept what SQS accepts, and every body that SQS delivered. */
export function sqs(effects: () => Effects, delivered: () => ReadonlySet<string>): Handle {
  return (operation, input) => {
    if (operation === 'SendMessageBatch') {
      const entries = input['Entries'] as { MessageBody: string; DelaySeconds: number }[];
      const isRight = ({ MessageBody: body, DelaySeconds: delay }: { MessageBody: string; DelaySeconds: number }) =>
        body.length > 0 && isLegalInSqs(body) && Number.isInteger(delay) && delay >= 0 && delay <= 900;
      if (entries.length < 1 || entries.length > ENTRIES || !entries.every(isRight)) throw new AwsError('InvalidParameterValue', 'a batch');
      return { Successful: [], Failed: [] };
    }
    if (operation !== 'SendMessage') throw new Error(`the fuzzer has no SQS ${operation}`);
    const body = String(input['MessageBody']);
    const given = Object.entries(input['MessageAttributes'] as Record<string, { DataType: string; StringValue: string }>);
    const attributes = Object.fromEntries(given.map(([name, { StringValue: value }]) => [name, value]));
    const bytes = given.reduce((sum, [name, { DataType, StringValue }]) => sum + Buffer.byteLength(name + DataType + StringValue), 0);
    if (Buffer.byteLength(body) + bytes > REQUEST_BYTES) throw new AwsError('InvalidParameterValue', 'the message is too long');
    if (!delivered().has(body) && !isLegalInSqs(body)) throw new AwsError('InvalidMessageContents', 'characters that SQS does not take');
    for (const value of Object.values(attributes)) {
      if (value === '' || value.length > 2 * ATTRIBUTE_CHARACTERS || !isLegalInSqs(value)) {
        throw new AwsError('InvalidParameterValue', 'an attribute that SQS does not take');
      }
    }
    effects().kept.push({ body, attributes });
    return { MessageId: 'kept' };
  };
}

/** The bucket of artifacts, where every key has the same versions, and the bucket of documents, where each key is written once. */
export function s3(effects: () => Effects): Handle {
  return (operation, input) => {
    const { Bucket: bucket, Key: key, VersionId: version = '' } = input as { Bucket: string; Key: string; VersionId?: string };
    if (operation === 'PutObject') {
      if (effects().documents.some((one) => one.key === key)) throw new AwsError('PreconditionFailed', 'is there');
      effects().documents.push({ bucket, key, body: input['Body'] as Uint8Array });
      return { VersionId: 'v1' };
    }
    const isHead = operation === 'HeadObject';
    const stored = objectAt(version);
    // A response to HEAD has no body, so only 404 has an error name.
    if (version === 'neverlog-deleted') throw new AwsError(isHead ? 'Unknown' : 'MethodNotAllowed', 'a delete marker');
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(version)) throw new AwsError(isHead ? 'Unknown' : 'InvalidArgument', 'not a version id');
    if (!stored) throw new AwsError(isHead ? 'NotFound' : 'NoSuchVersion', 'no such version');
    if (isHead) {
      const whole = stored.sha256 === undefined ? {} : { ChecksumSHA256: base64(stored.sha256), ChecksumType: 'FULL_OBJECT' };
      return { ContentLength: stored.size, ...whole, ...(stored.parts && { ChecksumSHA256: `${base64('ab'.repeat(32))}-2` }) };
    }
    if (operation !== 'GetObject' || stored.text === undefined) throw new Error(`the fuzzer has no S3 ${operation} of ${version}`);
    const bytes = Buffer.from(stored.text);
    return {
      Body: (async function* () {
        yield bytes;
      })(),
    };
  };
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** The control planes. A create takes effect at once, and every job is in progress. Of OTA updates only those of the history are there. */
export function controlPlanes(effects: () => Effects, updates: ReadonlyMap<string, Input>): Handle {
  const details = { numberOfQueuedThings: 1, numberOfInProgressThings: 0 };
  return (operation, input) => {
    switch (operation) {
      case 'CreateOTAUpdate': {
        effects().created.push({ operation, input });
        const id = String(input['otaUpdateId']);
        return { otaUpdateId: id, otaUpdateArn: `arn:aws:iot:us-east-1:123456789012:otaupdate/${id}`, otaUpdateStatus: 'CREATE_PENDING' };
      }
      case 'CreateJob':
        effects().created.push({ operation, input });
        return { jobId: input['jobId'], jobArn: `arn:aws:iot:us-east-1:123456789012:job/${String(input['jobId'])}` };
      case 'CreateOtaTask':
        effects().created.push({ operation, input });
        return { TaskId: 'task1', TaskArn: 'arn:aws:iotmanagedintegrations:us-east-1:123456789012:ota-task/task1' };
      case 'DescribeJob':
        return { job: { jobId: input['jobId'], status: 'IN_PROGRESS', jobProcessDetails: details } };
      case 'GetOtaTask':
        return { TaskId: input['Identifier'], Status: 'IN_PROGRESS', TaskProcessingDetails: details };
      case 'GetOTAUpdate': {
        const id = String(input['otaUpdateId']);
        const update = updates.get(id);
        if (!update) throw new AwsError('ResourceNotFoundException', 'not there yet');
        const { additionalParameters } = update;
        return { otaUpdateInfo: { otaUpdateId: id, otaUpdateStatus: 'CREATE_PENDING', additionalParameters } };
      }
      case 'ListTagsForResource':
        throw new AwsError('ResourceNotFoundException', 'not there yet');
      case 'ListOtaTasks':
        return { Tasks: [] };
      case 'CancelJob':
      case 'DeleteOtaTask':
        return {};
      default:
        throw new Error(`the fuzzer has no ${operation}`);
    }
  };
}
