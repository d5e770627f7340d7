import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { deployedSide } from '../../cli/diff/deployed.ts';
import { openStage } from '../../operator/stage/stage.ts';
import { startStacksAndKeys } from '../support/stacks-and-keys.ts';
import { otaInProcess } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = (MemorySize = 1024, more: object = {}) => ({
  Resources: {
    LedgerTable: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'ota-dispatch-prod-ledger' } },
    ReleasesLambdaFunction: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: 'ota-dispatch-prod-releases', Code: { S3Key: 'serverless/x/releases.zip' }, MemorySize },
    },
    ...more,
  },
});

/** Writes a file, and answers its path. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** Writes what `serverless package` would, and answers the folder. */
function packageOf(name: string, content: unknown, zip: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  file(join(name, 'cloudformation-template-update-stack.json'), content);
  file(join(name, 'releases.zip'), zip);
  return join(folder, name);
}

const diff = (...args: readonly string[]) => otaInProcess('diff', ...args);

describe('ota diff of two packages', () => {
  it('says in one line that nothing differs', async () => {
    const [before, after] = [packageOf('a', template(), 'zip'), packageOf('b', template(), 'zip')];
    expect(await diff(before, after, '--exit-code')).toEqual({
      status: 0,
      stdout: `nothing differs between ${before} and ${after}\n`,
      stderr: '',
    });
  });

  it('says whose code it does not know', async () => {
    const before = file('before.json', template());
    const { stdout } = await diff(before, packageOf('b', template(), 'zip'));
    expect(stdout).toMatch(/^nothing differs .+\. Whether the code of ota-dispatch-prod-releases changed is not known\n$/);
  });

  it('prints what differs, with the marks of a diff in the first column', async () => {
    const [before, after] = [packageOf('a', template(), 'zip'), packageOf('b', template(2048), 'other')];
    const { status, stdout } = await diff(before, after);
    expect([status, stdout.split('\n')]).toEqual([
      0,
      [
        `--- ${before}`,
        `+++ ${after}`,
        '',
        ' No permission changes.',
        '',
        '@@ Functions @@',
        '!  ReleasesLambdaFunction (AWS::Lambda::Function ota-dispatch-prod-releases)',
        '!    MemorySize: 1024 → 2048',
        '!  the code of ota-dispatch-prod-releases changed',
        '',
      ],
    ]);
  });

  it('ends with 1 if something differs, only with --exit-code', async () => {
    const sides = [file('a.json', template()), file('b.json', template(2048))];
    expect([(await diff(...sides)).status, (await diff(...sides, '--exit-code')).status]).toEqual([0, 1]);
  });

  it('prints one JSON value with --json, even if nothing differs', async () => {
    const sides = [packageOf('a', template(), 'zip'), packageOf('b', template(2048), 'zip')];
    const { stdout } = await diff(...sides, '--json');
    expect(JSON.parse(stdout)).toEqual({
      permissions: [],
      resources: [],
      functions: [
        {
          resource: 'ReleasesLambdaFunction',
          type: 'AWS::Lambda::Function',
          name: 'ota-dispatch-prod-releases',
          change: 'changed',
          properties: [{ path: 'MemorySize', before: 1024, after: 2048 }],
          code: 'same',
        },
      ],
      outputs: [],
      template: [],
      codeUnknown: [],
    });
    expect(Object.keys(JSON.parse((await diff(sides[0] as string, sides[0] as string, '--json')).stdout))).toHaveLength(6);
  });

  it('has colours on a terminal only', async () => {
    const sides = [file('a.json', template()), file('b.json', template(2048))];
    const printedBy = async (terminal: object) => {
      const { isTTY, hasColors } = process.stdout;
      Object.assign(process.stdout, terminal);
      const { stdout } = await diff(...sides);
      Object.assign(process.stdout, { isTTY, hasColors });
      return stdout;
    };
    const terminal = { isTTY: true, hasColors: () => true };
    expect(await printedBy(terminal)).toContain('\u001b[33m!    MemorySize: 1024 → 2048\u001b[39m');
    expect(await printedBy({ ...terminal, hasColors: () => false })).not.toContain('\u001b');
    expect((await diff(...sides)).stdout).not.toContain('\u001b');
  });
});

describe('ota diff refuses', () => {
  it.each<[what: string, content: unknown, why: RegExp]>([
    ['a file that is not JSON', 'Resources:\n  \u001b[2J', /is not JSON: \P{Cc}+: give cloudformation-template-update-stack\.json/u],
    ['too many levels', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, /has more than 500 levels of objects and lists: /],
    ['a list', [], /is not a CloudFormation template: it is not a JSON object$/],
    ['a file without resources', { name: 'package' }, /is not a CloudFormation template: it has no Resources$/],
    ['a resource without a type', { Resources: { A: {} } }, /the resource A has no Type$/],
    ['a resource that is a text', { Resources: { A: 'x' } }, /the resource A has no Type$/],
    ['properties that are a list', { Resources: { A: { Type: 'x', Properties: [] } } }, /the Properties of A are not a JSON object$/],
    ['outputs that are a list', { Resources: {}, Outputs: [] }, /its Outputs are not a JSON object$/],
  ])('%s', async (_what, content, why) => {
    const { status, stdout, stderr } = await diff(file('wrong.json', content), file('right.json', template()));
    expect([status, stdout, stderr.trim()]).toEqual([2, '', expect.stringMatching(why)]);
  });

  it('a path that cannot be looked at', async () => {
    const right = file('right.json', template());
    for (const path of ['x'.repeat(300), join(right, 'below')])
      expect(await diff(path, right)).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^ota diff: cannot read \S+: [\w ]+: give /),
      });
  });

  it('the template of another stage', async () => {
    const before = file('before.json', template());
    expect((await diff(before, '--stage', 'dev')).stderr).toBe(
      `ota diff: ${before} is the template of stage prod: pass --stage prod, or none\n`,
    );
  });

  it('options for compiling beside AFTER', async () => {
    const before = file('before.json', template());
    for (const option of [
      ['--stage', 'prod'],
      ['--param', 'a=b'],
      ['--channels', 'x.yml'],
    ])
      expect((await diff(before, before, ...option)).stderr).toMatch(/are for compiling this project: leave them out, or AFTER\n$/);
  });

  it('a channels.yml that is not there, before it packages', async () => {
    const before = file('before.json', template());
    expect((await diff(before, '--channels', '/nowhere.yml')).stderr).toBe('ota diff: cannot read /nowhere.yml: no such file\n');
  });
});

describe('What is deployed', () => {
  let aws: Awaited<ReturnType<typeof startStacksAndKeys>>;
  let lambda: Server;
  let answer: { readonly status: number; readonly type?: string };
  beforeAll(async () => {
    aws = await startStacksAndKeys();
    lambda = createServer((request, response) => {
      const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/configuration$/.exec(request.url ?? '') ?? [];
      response.writeHead(answer.status, { 'content-type': 'application/json', ...(answer.type && { 'x-amzn-errortype': answer.type }) });
      response.end(JSON.stringify({ CodeSha256: `digest of ${name}` }));
    });
    await new Promise<void>((done) => lambda.listen(0, '127.0.0.1', done));
  });
  afterAll(async () => {
    lambda.closeAllConnections();
    await Promise.all([aws.stop(), new Promise((done) => lambda.close(done))]);
  });
  beforeEach(() => {
    answer = { status: 200 };
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', aws.endpoint);
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    aws.stacks.clear();
    aws.stacks.set('ota-dispatch-prod', { status: 'UPDATE_COMPLETE', template: template() });
  });
  afterEach(() => vi.unstubAllEnvs());

  it('is the template of the stack, with the code that Lambda has', async () => {
    const side = await deployedSide(openStage({ stage: 'prod' }));
    expect([...side.template.resources.keys()]).toEqual(['LedgerTable', 'ReleasesLambdaFunction']);
    expect([...side.code]).toEqual([['ReleasesLambdaFunction', 'digest of ota-dispatch-prod-releases']]);
  });

  it.each(['AccessDeniedException', 'ResourceNotFoundException'])('has code that is not known if Lambda answers %s', async (type) => {
    answer = { status: 403, type };
    expect((await deployedSide(openStage({ stage: 'prod' }))).code.size).toBe(0);
  });

  it('is not answered if Lambda fails in another way', async () => {
    answer = { status: 400, type: 'InvalidParameterValueException' };
    await expect(deployedSide(openStage({ stage: 'prod' }))).rejects.toThrow();
  });

  it('is refused if there is no such stack', async () => {
    expect(await diff('--stage', 'dev')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^ota diff: stage dev has no stack ota-dispatch-dev: check --stage, and the account and region of your credentials\n$/,
      ),
    });
  });
});
