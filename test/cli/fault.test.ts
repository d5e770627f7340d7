import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { ota } from '../journey/command-line.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());

const listed = async () => JSON.parse((await ota(aws.endpoint, 'fault', 'list', '--json')).stdout).faults;

describe('ota fault', () => {
  it('arms, lists and clears', async () => {
    const armed = await ota(aws.endpoint, 'fault', 'throttle', '--service', 'iot', '--operation', 'CreateOTAUpdate', '--times', '3');
    expect(armed).toMatchObject({ status: 0, stdout: expect.stringMatching(/^fault \d+ is armed\n$/) });
    expect(await listed()).toMatchObject([{ kind: 'throttle', service: 'iot', operation: 'CreateOTAUpdate', times: 3, struck: 0 }]);
    expect(await ota(aws.endpoint, 'fault', 'clear')).toMatchObject({ status: 0, stdout: 'no faults any more\n' });
    expect(await listed()).toEqual([]);
  });

  it('finds the local service as the other commands do', async () => {
    expect(await ota('', 'fault', 'list', '--endpoint', `${aws.endpoint}/`)).toMatchObject({ status: 0, stdout: 'no faults are armed\n' });
    for (const endpoint of ['nonsense', 'localhost:4566']) {
      const stderr = `ota fault: the endpoint is a URL such as http://127.0.0.1:4566, not ${endpoint}\n`;
      expect(await ota(endpoint, 'fault', 'list')).toMatchObject({ status: 2, stderr });
    }
    expect(await ota('http://127.0.0.1:1', 'fault', 'list')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^ota fault: nothing listens at http:\/\/127\.0\.0\.1:1: /),
    });
  });

  it.each([
    [
      ['throttle', '--service', 'iot', '--times', '-1'],
      /^ota fault: Option '--times' argument is ambiguous; --help tells what there is\n$/,
    ],
    [['earthquake', '--service', 'iot'], /^ota fault: kind: one of throttle, /],
    [['throttle', '--service', 'nope'], /^ota fault: service: nope does not exist here; the services are .*iot, /],
    [['throttle', '--service', 'iot', '--operation', 'Creat'], /^ota fault: operation: iot has no operation Creat here/],
    [['throttle', '--service', 'iot', '--times', 'x'], /^ota fault: --times takes a whole number, such as 3, not x\n$/],
    [['throttle', '--service', 'iot', '--times', ''], /^ota fault: --times takes a whole number, such as 3, not nothing\n$/],
    [['throttle', '--service', 'iot', '--above', '1e9'], /^ota fault: --above takes a number, such as 10, not 1e9\n$/],
    [['throttle', '--service', 'iot', '--probability', '1.5'], /^ota fault: --probability takes a number from 0 to 1, not 1.5\n$/],
  ])('ends with 2 and says why for %j, and arms nothing', async (args, why) => {
    expect(await ota(aws.endpoint, 'fault', ...args)).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(why) });
    expect(await listed()).toEqual([]);
  });
});
