import { describe, expect, it } from 'vitest';
import { type Asked, callOf } from './recorder.ts';

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20261130/eu-west-1/${service}/aws4_request, Signature=1`,
});
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a call of the serverless CLI', () => {
  it.each<[call: string, asked: Partial<Asked>]>([
    ['cloudformation:DescribeStacks', { headers: { ...signedFor('cloudformation'), ...form }, body: 'Action=DescribeStacks&Version=1' }],
    ['dynamodb:DescribeTable', { headers: { ...signedFor('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.DescribeTable' } }],
    [
      'lambda:GET /2015-03-31/functions/NAME',
      { method: 'GET', url: '/2015-03-31/functions/ota-dispatch-dev-sweep?x=1', headers: signedFor('lambda') },
    ],
    ['s3:HEAD Bucket', { method: 'HEAD', url: '/a-bucket', headers: signedFor('s3') }],
    ['s3:GET Bucket versions', { method: 'GET', url: '/a-bucket?versions&prefix=a', headers: signedFor('s3') }],
    ['s3:PUT Object', { method: 'PUT', url: '/a-bucket/a/key?x-id=PutObject', headers: signedFor('s3') }],
    ['s3:POST Bucket delete', { method: 'POST', url: '/a-bucket?delete', headers: signedFor('s3') }],
    ['unsigned:GET /', { method: 'GET' }],
  ])('is known as %s', (call, asked) => {
    expect(callOf({ method: 'POST', url: '/', headers: {}, body: '', ...asked })).toBe(call);
  });
});
