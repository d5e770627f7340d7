import type { Channel } from '../../domain/channels/schema.ts';
import { controlPlanes } from '../../domain/request/control-planes.ts';
import { attemptId } from '../../domain/request/identity.ts';
import { DOCUMENTS } from './aws/s3.ts';
import { BUCKET, PRODUCT } from './configurations.ts';
import type { Known } from './known.ts';
import { fileOf } from './releases.ts';
import type { Input } from './transport.ts';

type Problem = { readonly rule: string; readonly what: string };

/** Compares a request that was sent with the request frozen at the claim, and with what the configuration allowed then. */
export function judgeRequest(
  id: string,
  input: Input,
  { row, first, planner }: Known,
  hasDocument: (bucket: string, key: string) => boolean,
): Problem[] {
  const problems: Problem[] = [];
  const expect = (right: boolean, rule: string, what: string): void => {
    if (!right) problems.push({ rule, what: `${id}: ${what}` });
  };
  const { idMember } = controlPlanes[row.operation];
  expect(id === attemptId(row.rolloutId, row.attempt) || row.state !== 'CREATING', '7 ids', `is not the id of attempt ${row.attempt}`);
  expect(/^fw-[a-z0-9_-]+-[0-9a-f]{32}-[1-3]$/.test(id), '7 ids', 'is not named after its rollout');
  expect(
    JSON.stringify({ ...input, files: undefined, [idMember]: '' }) ===
      JSON.stringify({ ...first.request, files: undefined, [idMember]: '' }),
    '1 frozen',
    'is not the request that was accepted',
  );
  const channel: Channel | undefined = planner?.configuration.channels.products[PRODUCT]?.channels[row.channel];
  expect(channel !== undefined, '6 allowed', 'its channel was not configured when it was planned');
  if (channel?.createOTAUpdate) {
    expect(same(input['targets'], channel.createOTAUpdate.targets), '6 allowed', 'targets that were not configured');
    expect(input['roleArn'] === channel.createOTAUpdate.roleArn, '6 allowed', 'a role that was not configured');
    const files = (input['files'] ?? []) as { fileLocation?: { s3Location?: Record<string, string> } }[];
    for (const { fileLocation } of files) {
      const location = fileLocation?.s3Location;
      const artifacts = planner?.configuration.channels.artifactBuckets ?? [];
      expect(location !== undefined && artifacts.includes(location['bucket'] ?? ''), '6 allowed', 'a bucket that was not configured');
      expect(isContentOf(row, location), '1 content', 'a file of another release');
    }
  } else if (channel?.createJob) {
    expect(same(input['targets'], channel.createJob.targets), '6 allowed', 'targets that were not configured');
    expect(same(input['presignedUrlConfig'], channel.createJob.presignedUrlConfig), '6 allowed', 'a role that was not configured');
    const document = JSON.parse(String(input['document'])) as { files?: object[]; otaDispatch?: { files: object[] } };
    const files = document.files ?? document.otaDispatch?.files ?? [];
    expect(files.length === 1, '1 content', 'a document without its file');
    for (const file of files) {
      const location = file as Record<string, string>;
      const artifacts = planner?.configuration.channels.artifactBuckets ?? [];
      expect(artifacts.includes(location['bucket'] ?? ''), '6 allowed', 'a bucket that was not configured');
      expect(isContentOf(row, location), '1 content', 'a file of another release');
    }
  } else if (channel?.createOtaTask) {
    expect(same(input['Target'], channel.createOtaTask.Target), '6 allowed', 'targets that were not configured');
    expect(input['OtaTargetQueryString'] === channel.createOtaTask.OtaTargetQueryString, '6 allowed', 'a query that was not configured');
    const [, , bucket = '', ...key] = String(input['S3Url']).split('/');
    expect(bucket === DOCUMENTS, '6 allowed', 'a job document from elsewhere');
    expect(hasDocument(bucket, key.join('/')), 'document', 'its job document is not there');
  }
  return problems;
}

function isContentOf(row: Known['row'], location: Readonly<Record<string, string>> | undefined): boolean {
  return ['one', 'other'].some((content) => {
    const file = fileOf({ version: row.version, revision: row.revision, content });
    return location?.['bucket'] === BUCKET && location['key'] === file.key && location['version'] === file.version;
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
