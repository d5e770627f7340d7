import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeEventConfigurationsCommand, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Check } from '../../../cli/doctor/check.ts';
import { otaInProcess } from '../in-process.ts';
import { CHANNELS, type ReadyAccount, STAGE, startReadyAccount } from './a-ready-account.ts';

let account: ReadyAccount;
const folder = mkdtempSync(join(tmpdir(), 'ota-doctor-'));
const invalid = join(folder, 'invalid.yml');
beforeAll(async () => {
  writeFileSync(invalid, CHANNELS.replace('incrementFactor: 2', 'incrementFactor: 9'));
  account = await startReadyAccount();
});
afterEach(() => {
  account.restore();
  vi.unstubAllEnvs();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await account.stop();
});

/** Types `ota doctor` for the stage on "AWS": where it is and who asks comes from the environment. */
function doctor(...args: readonly string[]) {
  vi.stubEnv('AWS_ENDPOINT_URL', account.cloud.endpoint);
  vi.stubEnv('AWS_REGION', account.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'made');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'up');
  return otaInProcess('doctor', '--stage', STAGE, ...args);
}

describe('ota doctor', () => {
  it('ends with 0 if no check fails, and prints a line for each check', async () => {
    const { status, stdout, stderr } = await doctor();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^(?:ok {5}|warning|failure) {2}[a-z-]+ +\S/);
    expect(lines.at(-1)).toMatch(new RegExp(`^${lines.length - 1} checks: \\d+ ok, \\d+ warnings?, 0 failures$`));
  });

  it('ends with 1 if one fails, and prints the remedy in its line', async () => {
    account.empty('iam', 'GetRole');
    const { status, stdout } = await doctor();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^failure {2}ota-role-exists .*\. What to do: ./m);
    expect(stdout.trim()).toMatch(/1 failure$/);
  });

  it('prints JSON with id, status, seen and, unless it is ok, remedy', async () => {
    account.empty('iam', 'GetRole');
    const { checks } = JSON.parse((await doctor('--json')).stdout) as { checks: Check[] };
    expect(checks.length).toBeGreaterThan(20);
    for (const check of checks) {
      const members = check.status === 'ok' ? ['id', 'status', 'seen'] : ['id', 'status', 'seen', 'remedy'];
      expect(Object.keys(check)).toEqual(members);
    }
    expect(checks).toContainEqual(expect.objectContaining({ id: 'ota-role-exists', status: 'failure' }));
  });

  it('checks the account even if the channels file is wrong', async () => {
    const { status, stdout } = await doctor('--json', '--channels', invalid);
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    expect(status).toBe(1);
    expect(checks.filter(({ status: of }) => of === 'failure').map(({ id }) => id)).toEqual(['channels-file']);
    expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['lambda-concurrency', 'stack', 'ledger']));
    expect(checks.map(({ id }) => id)).not.toContain('ota-role-exists');
  });

  it('makes no other check without credentials', async () => {
    account.answer('sts', 'GetCallerIdentity', { error: { name: 'InvalidClientTokenId', status: 403 } });
    const { status, stdout } = await doctor('--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).checks.map(({ id }: Check) => id)).toEqual(['credentials']);
  });

  it('takes the region of the stage from serverless.yml if the environment does not name one', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none'));
    const checks = doctor('--json');
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    const { checks: found } = JSON.parse((await checks).stdout) as { checks: Check[] };
    expect(found.find(({ id }) => id === 'region')).toMatchObject({ status: 'ok', seen: expect.stringContaining(account.region) });
  });

  it('does not compare the region of a stage at an endpoint, which has only one', async () => {
    const { stdout } = await otaInProcess('doctor', '--stage', STAGE, '--endpoint', account.cloud.endpoint, '--json');
    expect(JSON.parse(stdout).checks.find(({ id }: Check) => id === 'region')).toMatchObject({
      status: 'ok',
      seen: expect.stringContaining(account.cloud.endpoint),
    });
  });

  it('reports only the stack before the deployment', async () => {
    account.empty('cloudformation', 'DescribeStacks');
    account.empty('cloudformation', 'ListStackResources');
    const { checks } = JSON.parse((await doctor('--json')).stdout) as { checks: Check[] };
    expect(checks.find(({ id }) => id === 'stack')).toMatchObject({ status: 'warning' });
    const after = ['functions', 'rule-enabled', 'dead-letters', 'ledger', 'bus', 'drift-channels', 'ota-role-passable'];
    expect(checks.filter(({ id }) => after.includes(id))).toEqual([]);
  });

  it('changes nothing', async () => {
    const before = (await requests()).length;
    await doctor();
    const asked = (await requests()).slice(before).filter((operation) => operation !== 'ReceiveMessage');
    expect(asked.filter((operation) => !/^(?:Describe|Get|Head|List|Simulate)/.test(operation))).toEqual([]);
  });

  describe('--enable-job-events', () => {
    const put = (eventConfigurations: Record<string, { Enabled: boolean }>) =>
      account.iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations }));
    const enabled = async () => {
      const { eventConfigurations = {} } = await account.iot.send(new DescribeEventConfigurationsCommand({}));
      return Object.entries(eventConfigurations).flatMap(([type, of]) => (of?.Enabled ? [type] : []));
    };
    const jobEvents = (checks: readonly Check[]) => checks.filter(({ id }) => id === 'job-events');

    afterEach(async () => {
      account.restore();
      await put({ JOB: { Enabled: true }, THING: { Enabled: true }, CERTIFICATE: { Enabled: false } });
    });

    it('switches job events on, and leaves the others as they are', async () => {
      await put({ JOB: { Enabled: false }, THING: { Enabled: true }, CERTIFICATE: { Enabled: true } });
      const before = JSON.parse((await doctor('--json')).stdout) as { checks: Check[] };
      expect(jobEvents(before.checks)).toMatchObject([{ status: 'warning' }]);
      expect(await enabled()).not.toContain('JOB');

      const { status, stdout } = await doctor('--json', '--enable-job-events');
      expect(status).toBe(0);
      expect(jobEvents(JSON.parse(stdout).checks)).toEqual([
        expect.objectContaining({ status: 'ok', seen: expect.stringContaining('now') }),
      ]);
      expect((await enabled()).sort()).toEqual(['CERTIFICATE', 'JOB', 'THING']);
    });

    it('sends nothing if they are on, and nothing that is off', async () => {
      const updates = async () => (await requests()).filter((operation) => operation === 'UpdateEventConfigurations').length;
      const before = await updates();
      const { stdout } = await doctor('--json', '--enable-job-events');
      expect(jobEvents(JSON.parse(stdout).checks)).toEqual([
        expect.objectContaining({ status: 'ok', seen: expect.stringContaining('already') }),
      ]);
      expect(await updates()).toBe(before);
    });

    it('does so although the channels file is wrong or the stage has no rule for them', async () => {
      await put({ JOB: { Enabled: false } });
      const { stdout } = await doctor('--json', '--enable-job-events', '--channels', invalid);
      expect(jobEvents(JSON.parse(stdout).checks)).toMatchObject([{ status: 'ok' }]);
      expect(await enabled()).toContain('JOB');
    });

    it('ends with 1 if AWS refuses it', async () => {
      await put({ JOB: { Enabled: false } });
      account.answer('iot', 'UpdateEventConfigurations', { error: { name: 'UnauthorizedException', status: 401 } });
      const { status, stdout } = await doctor('--json', '--enable-job-events');
      expect(jobEvents(JSON.parse(stdout).checks)).toMatchObject([
        { status: 'failure', seen: expect.stringContaining('iot:UpdateEventConfigurations') },
      ]);
      expect(status).toBe(1);
      expect(await enabled()).not.toContain('JOB');
    });
  });

  it('ends with 2 if nothing listens at the local endpoint', async () => {
    expect(await otaInProcess('doctor', '--endpoint', 'http://127.0.0.1:9')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^ota doctor: nothing listens at http:\/\/127\.0\.0\.1:9/),
    });
  });

  it.each(['', 'Prod', 'a b"c', 'a-stage-that-is-too-long'])('ends with 2 for the stage %j, which packaging refuses', async (name) => {
    const { status, stdout, stderr } = await doctor('--json', '--stage', name);
    expect({ status, ...JSON.parse(stdout) }).toEqual({ status: 2, error: expect.stringContaining('the stage must') });
    expect(stderr).toMatch(/^ota doctor: (?:--stage: )?the stage must be up to 16 lower-case letters, digits and hyphens/);
    expect(stderr).toContain(`, not "${name}"`);
  });

  it('explains itself', async () => {
    expect(await otaInProcess('doctor', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('docs/reference/doctor.md'),
    });
  });
});

async function requests(): Promise<string[]> {
  const answer = await fetch(`${account.cloud.endpoint}/_ota/requests`);
  return ((await answer.json()) as { requests: { operation: string }[] }).requests.map(({ operation }) => operation);
}
