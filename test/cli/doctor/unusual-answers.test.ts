import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { absent, found } from '../../../cli/doctor/answer.ts';
import { checkPattern } from '../../../cli/doctor/checks/drift.ts';
import { deploymentOf } from '../../../cli/doctor/deployment.ts';
import { gatherBucket } from '../../../cli/doctor/gather/buckets.ts';
import { clientsOf } from '../../../cli/doctor/gather/clients.ts';
import { intendedOf } from '../../../cli/doctor/intended.ts';
import { channelsDigest, channelsInCloud } from '../../../infrastructure/channels.ts';
import { type Arrival, json, type Loopback, startLoopback } from '../../support/loopback.ts';
import { CHANNELS } from './a-ready-account.ts';

const region = 'eu-west-1';
const KEY = `arn:aws:kms:${region}:111122223333:key/0b1c`;
let aws: Loopback;
afterEach(() => aws?.close());

/** Clients of an AWS that answers like this. */
async function clientsWhere(answer: (arrival: Arrival) => void) {
  aws = await startLoopback(answer);
  return clientsOf({ endpoint: aws.endpoint, region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } }, region);
}

describe('doctor reads', () => {
  it.each([
    ['an id', '0b1c', KEY],
    ['an alias', 'alias/firmware', KEY],
    ['an ARN', KEY, KEY],
    ['the alias of the key that AWS manages', 'alias/aws/s3', 'alias/aws/s3'],
  ])('the key of a bucket that names it by %s', async (_what, given, key) => {
    const clients = await clientsWhere((arrival) => {
      const { request, response } = arrival;
      if (request.headers['x-amz-target']?.includes('DescribeKey')) return json(arrival, { KeyMetadata: { KeyId: '0b1c', Arn: KEY } });
      response.writeHead(200, { 'content-type': 'application/xml', 'x-amz-bucket-region': region });
      const rule = `<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${given}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>`;
      response.end(
        request.url?.includes('encryption') ? `<ServerSideEncryptionConfiguration>${rule}</ServerSideEncryptionConfiguration>` : '<a/>',
      );
    });
    const { encryption } = await gatherBucket(clients, 'fw', '111122223333', region);
    expect(encryption).toEqual(found({ algorithm: 'aws:kms', key }));
  });

  it('a pattern that somebody wrote by hand, and quotes it', () => {
    const rule = found({ name: 'r', state: 'ENABLED', pattern: '{"source":[{"prefix":"com."}],"detail":{"a":["b"]}}' });
    const nothing = { roles: [], jobResources: [], objects: [], digest: 'd', environments: {}, computed: [] };
    const intended = { patterns: { r: { source: ['ci'] } }, ...nothing };
    expect(checkPattern('r', rule, intended, 'prod').seen).toContain(
      'source lacks ci; source has {"prefix":"com."}, which the file does not name; detail has {"a":["b"]}, which the file does not name',
    );
    expect(checkPattern('r', absent, intended, 'prod').seen).toContain('does not exist');
  });

  it('the documents bucket as the one that may be read, if the channels file names no bucket', () => {
    const text = readFileSync(join(import.meta.dirname, '../../infrastructure/channels-hubs-only.yml'), 'utf8');
    const { objects } = intendedOf(text, deploymentOf('prod', ''), { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' });
    expect(objects).toEqual(['arn:aws-cn:s3:::ota-dispatch-prod-documents-111122223333-cn-north-1/*']);
  });

  it('an ARN of another region as it is, which packaging refuses', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of channels.yml
    const text = CHANNELS.replace('${aws:region}:${aws:accountId}:thinggroup/gateways', 'ap-south-1:111122223333:thinggroup/gateways');
    const { digest, objects } = intendedOf(text, deploymentOf('prod', ''), { partition: 'aws', region, account: '111122223333' });
    const nothing = channelsDigest('', 'prod', region);
    expect(objects).toEqual(['arn:aws:s3:::acme-firmware/*']);
    expect(digest).not.toBe(nothing);
    expect(channelsDigest(text, 'prod', region)).toBe(nothing);
    expect(channelsInCloud(text, 'prod', region).buckets).toEqual([]);
  });
});
