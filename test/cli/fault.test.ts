import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { ota } from '../journey/command-line.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

const armedFaults = async () => JSON.parse((await ota(aws.endpoint, 'fault', 'list', '--json')).stdout).faults;

describe('ota fault', () => {
  it('arms, lists and clears', async () => {
    const armed = await ota(aws.endpoint, 'fault', 'throttle', '--service', 'iot', '--operation', 'CreateOTAUpdate', '--times', '3');
    expect(armed).toMatchObject({ status: 0, stderr: '' });
    expect(await armedFaults()).toMatchObject([
      { kind: 'throttle', service: 'iot', operation: 'CreateOTAUpdate', times: 3, struck: 0, state: 'armed' },
    ]);
    expect(await ota(aws.endpoint, 'fault', 'clear')).toMatchObject({ status: 0, stderr: '' });
    expect(await armedFaults()).toEqual([]);
  });

  it('lists a fault that has hit as often as it may as used up', async () => {
    await ota(aws.endpoint, 'fault', 'error500', '--service', 'sqs', '--times', '1');
    const sqs = new SQSClient({ ...aws.access, maxAttempts: 1 });
    await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await sqs.send(new ListQueuesCommand({}));
    sqs.destroy();
    expect(await armedFaults()).toMatchObject([{ kind: 'error500', struck: 1, state: 'used up' }]);
    await ota(aws.endpoint, 'fault', 'clear');
  });

  it('has a message for the devices also without a code', async () => {
    await ota(aws.endpoint, 'fault', 'createFailed', '--service', 'iot', '--message', 'Role cannot be assumed');
    expect(await armedFaults()).toMatchObject([{ errorInfo: { code: 'InternalFailure', message: 'Role cannot be assumed' } }]);
    await ota(aws.endpoint, 'fault', 'clear');
  });

  it('names in --help each service of the local AWS, and no other', async () => {
    const { services } = (await (await fetch(`${aws.endpoint}/_ota/health`)).json()) as { services: string[] };
    const { stdout } = await ota('', 'fault', '--help');
    const [, named = ''] = stdout.match(/^S is .+:\n((?: {2}\S.*\n)+)/m) ?? [];
    const names = named.split('\n').flatMap((line) => line.trim().split(/ {2,}/)[0]?.split(', ') ?? []);
    expect(names.filter((name) => name !== '').sort()).toEqual([...services].sort());
  });

  it('finds the local service as the other commands do', async () => {
    expect(await ota('', 'fault', 'list', '--endpoint', `${aws.endpoint}/`)).toMatchObject({ status: 0, stderr: '' });
    for (const endpoint of ['nonsense', 'localhost:4566', 'http://127.0.0.1:1'])
      expect(await ota(endpoint, 'fault', 'list')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(endpoint) });
  });

  it.each([
    ['--times ', ['throttle', '--service', 'iot', '--times', '-1']],
    ['kind: ', ['earthquake', '--service', 'iot']],
    ['service: ', ['throttle', '--service', 'nope']],
    ['operation: ', ['throttle', '--service', 'iot', '--operation', 'Creat']],
    ['--times ', ['throttle', '--service', 'iot', '--times', 'x']],
    ['--times ', ['throttle', '--service', 'iot', '--times', '']],
    ['--above ', ['throttle', '--service', 'iot', '--above', '1e9']],
    ['--probability ', ['throttle', '--service', 'iot', '--probability', '1.5']],
  ])('names %sin one line, ends with 2 and arms nothing for %j', async (wrong, args) => {
    const { status, stdout, stderr } = await ota(aws.endpoint, 'fault', ...args);
    expect([status, stdout, stderr.match(/\n/g)?.length]).toEqual([2, '', 1]);
    expect(stderr.startsWith(`ota fault: ${wrong}`)).toBe(true);
    expect(await armedFaults()).toEqual([]);
  });
});
