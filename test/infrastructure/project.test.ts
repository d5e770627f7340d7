import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageService as packageForLocalService } from '../../local/package-service.ts';
import { type Packaging, packageService, runServerless } from '../../scripts/compiled-template.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { makeProject, serverlessIn } from '../support/project.ts';

const TEMPLATE = 'cloudformation-template-update-stack.json';
const shipped = readFileSync(EXAMPLE_CHANNELS, 'utf8');
const other = readFileSync('test/infrastructure/channels.yml', 'utf8');

/** A compiled template without the time, which is part of the keys of the uploaded code. */
const templateIn = (folder: string): string =>
  readFileSync(join(folder, TEMPLATE), 'utf8').replaceAll(/\b\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
const paramsOf = (params: Packaging['params'] = {}) => Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
const errorOf = (failure: unknown): string => String(failure).split('Error:\n').at(-1)?.trim() ?? '';

describe("serverless in a user's project, without the repository", () => {
  const folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-project-'));
  beforeAll(() => makeProject(folder));
  afterAll(() => rmSync(folder, { recursive: true }));

  const inProject = async (options: string[], channels = shipped): Promise<string> => {
    writeFileSync(join(folder, EXAMPLE_CHANNELS), channels);
    return await serverlessIn(folder, options);
  };

  it.each<[string, Packaging]>([
    ['the stage local', {}],
    ['a deployed stage', { stage: 'prod' }],
    [
      'a key, a bus and a topic of its own, and other channels',
      {
        stage: 'prod',
        channels: other,
        params: {
          kmsKey: 'create',
          bus: 'existing',
          busName: 'company-events',
          alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call',
        },
      },
    ],
    [
      'an address for alarms, without job events, in another Region',
      {
        stage: 'staging',
        params: {
          region: 'us-west-2',
          approvalPrincipals: 'arn:aws:iam::111122223333:role/release-board',
          alarmEmail: 'a@example.com',
          jobEvents: 'off',
        },
      },
    ],
  ])('compiles the template of the repository for %s', async (_what, packaging) => {
    const { stage = 'local', params, channels } = packaging;
    await inProject(['package', '--stage', stage, ...paramsOf(params)], channels);
    const expected = await packageService(packaging);
    expect(templateIn(join(folder, '.serverless'))).toBe(templateIn(join(expected.folder, '.serverless')));
    expect(readFileSync(join(folder, 'dist', 'releases', 'channels.json'), 'utf8')).toBe(
      readFileSync(join(expected.folder, 'dist', 'releases', 'channels.json'), 'utf8'),
    );
  });

  it('packages into a folder of its own, with the code', async () => {
    const made = join(folder, 'made');
    writeFileSync(join(folder, 'own.yml'), other);
    await inProject(['package', '--package', made, '--param', 'channels=own.yml']);
    expect(JSON.parse(readFileSync(join(made, 'dist', 'releases', 'channels.json'), 'utf8'))).toHaveProperty('products.thermostat');
    for (const name of ['releases', 'follow-ups', 'sweep'])
      expect(readFileSync(join(made, 'dist', name, 'index.mjs'))).toEqual(
        readFileSync(join(folder, 'node_modules', 'ota-dispatch', 'lib', 'handlers', name, 'index.mjs')),
      );
    expect(templateIn(made)).toContain('ReleasesLambdaFunction');
  });

  it('is packaged for the local service, too', async () => {
    writeFileSync(join(folder, EXAMPLE_CHANNELS), shipped);
    const [made, signal] = [join(folder, 'local'), new AbortController().signal];
    const log = () => undefined;
    const packaged = await packageForLocalService({ service: folder, folder: made, channels: undefined, signal, log });
    expect(packaged).toEqual({ ok: true });
    expect(templateIn(made)).toContain('ota-dispatch-local-');
  });

  it.each([
    ['bus=exsting', 'params.bus must be own or existing, not "exsting"'],
    ['buss=own', '--param buss: there is no such parameter. Did you mean bus?'],
    ['channels=nowhere.yml', 'cannot read nowhere.yml: no such file'],
  ])('is not packaged for the local service with %s, and the reason is one line', async (param, why) => {
    writeFileSync(join(folder, EXAMPLE_CHANNELS), shipped);
    const [signal, log] = [new AbortController().signal, () => undefined];
    const packaged = await packageForLocalService({
      service: folder,
      folder: join(folder, 'local'),
      channels: undefined,
      params: [param],
      signal,
      log,
    });
    expect(packaged).toEqual({ ok: false, why });
  });

  it.each<[string, string[], string]>([
    ['a wrong value', ['--param', 'bus=exsting'], shipped],
    ['a parameter that does not exist', ['--param', 'buss=own'], shipped],
    ['a wrong stage', ['--stage', 'Wrong_Stage'], shipped],
    ['a channels file that does not exist', ['--param', 'channels=nowhere.yml'], shipped],
    ['wrong channels', [], shipped.replace('createOTAUpdate:', 'createOTAUpdates:')],
  ])('refuses %s with the words of the repository, and without a stack', async (_what, options, channels) => {
    const refused = errorOf(await inProject(['package', ...options], channels).catch((error) => error));
    const expected = errorOf(await runServerless(['package', ...options], {}, channels).catch((error) => error));
    expect(refused).toBe(expected);
    expect(refused).not.toBe('');
    expect(refused).not.toMatch(/^ {4}at /m);
  });

  it('deploys a single function, with the code of the package', async () => {
    const bodies: Record<string, string> = {};
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const path = new URL(request.url ?? '', 'http://lambda').pathname;
      bodies[`${request.method} ${path}`] = Buffer.concat(parts).toString('utf8');
      if (path === '/')
        response
          .setHeader('content-type', 'text/xml')
          .end(
            '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/deployer</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
          );
      else
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ Configuration: { FunctionName: 'releases', State: 'Active', LastUpdateStatus: 'Successful' } }));
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    try {
      writeFileSync(join(folder, EXAMPLE_CHANNELS), shipped);
      await serverlessIn(folder, ['deploy', 'function', '-f', 'releases', '--stage', 'dev'], {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        AWS_ACCESS_KEY_ID: 'deployer',
        AWS_SECRET_ACCESS_KEY: 'deployer',
      });
    } finally {
      server.close();
    }
    const { ZipFile } = JSON.parse(bodies['PUT /2015-03-31/functions/ota-dispatch-dev-releases/code'] ?? '{}');
    expect(Buffer.from(String(ZipFile), 'base64').includes('dist/releases/channels.json')).toBe(true);
  });
});
