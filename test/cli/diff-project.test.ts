import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { root } from '../../scripts/installation.ts';
import { CODE, CONFIGURATION, copyService, EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { startStacksAndKeys } from '../support/stacks-and-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-diff-project-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The user's project: a copy of the service with the command line. */
const project = join(folder, 'project');
copyService(project, [...CONFIGURATION, ...CODE]);
for (const room of ['cli', 'operator', 'local', 'console/server']) cpSync(join(root, room), join(project, room), { recursive: true });

const before = join(folder, 'before.json');

/** Types `ota diff` in the project, and answers what it printed, with the exit status. */
async function diff(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(project, 'cli/main.ts'), 'diff', ...args], { cwd: project, env: process.env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  const status = await new Promise((done) => child.once('close', done));
  return `${printed}exit status ${status}\n`;
}

it('An upgrade is compared: save the template, change the project, and compare both', { timeout: 240_000 }, async () => {
  expect(await diff('--save', before, '--stage', 'prod')).toBe(
    `written: ${before}, the template of stage prod. After the change, run npm run ota -- diff ${before}\nexit status 0\n`,
  );
  expect(await diff(before, '--exit-code')).toBe(
    `nothing differs between ${before} and this project, compiled for stage prod\nexit status 0\n`,
  );

  const channels = join(project, EXAMPLE_CHANNELS);
  writeFileSync(
    channels,
    readFileSync(channels, 'utf8').replace('artifactBuckets: [acme-firmware]', 'artifactBuckets: [acme-firmware, acme-new]'),
  );
  const printed = await diff(before, '--exit-code', '--param', 'kmsKey=create', '--param', 'alarmEmail=on-call@acme.example');
  for (const line of [
    '!  Policies.releases: Allow VerifyArtifacts (allows more)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as the command prints it
    '+               arn:${AWS::Partition}:s3:::acme-new/*',
    '+  KeyPolicy: Allow TheAccountDecides (allows more)',
    '!  the code of ota-dispatch-prod-releases changed',
    '+    Endpoint: on-call@acme.example',
    'exit status 1',
  ])
    expect(printed.split('\n')).toContain(line);

  expect(await diff(before, '--param', 'kmsKey=nonsense')).toBe(
    'ota diff: this project cannot be packaged for stage prod: params.kmsKey must be aws, create or the ARN of a KMS key, not "nonsense"\nexit status 2\n',
  );
});

it('Without BEFORE, what is deployed is compared with the project', { timeout: 120_000 }, async () => {
  const aws = await startStacksAndKeys();
  const lambda = createServer((_request, response) =>
    response.writeHead(404, { 'content-type': 'application/json', 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}'),
  );
  await new Promise<void>((done) => lambda.listen(0, '127.0.0.1', done));
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', aws.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'x');
  try {
    const { Resources, ...rest } = JSON.parse(readFileSync(before, 'utf8'));
    const { SweepRole, ...others } = Resources;
    aws.stacks.set('ota-dispatch-prod', { status: 'UPDATE_COMPLETE', template: { ...rest, Resources: others } });
    const printed = await diff('--stage', 'prod');
    expect(printed).toMatch(/^--- the stack ota-dispatch-prod as it is deployed\n\+\+\+ this project, compiled for stage prod\n/);
    expect(printed).toContain('+  AssumeRolePolicyDocument: Allow (allows more)\n');
    expect(SweepRole.Type).toBe('AWS::IAM::Role');
  } finally {
    vi.unstubAllEnvs();
    lambda.closeAllConnections();
    await Promise.all([aws.stop(), new Promise((done) => lambda.close(done))]);
  }
});
