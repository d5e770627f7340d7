/**
 * Tests, proofs and benchmarks depend neither on what the user has written into channels.yml and serverless.yml, nor on the
 * shell in which they were started.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, symlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serverlessWithTestParameters, TEST_PARAMETERS, withParameters } from '../../scripts/service-copy.ts';
import { testEnvironment } from '../support/environment.ts';

const root = resolve(import.meta.dirname, '../..');
const theirs = join(root, 'channels.yml');
const refused = /examples\/channels\.yml/;

describe("the user's channels.yml", () => {
  it('cannot be read, copied or linked by a test, under any spelling of its path', async () => {
    for (const path of [theirs, 'channels.yml', './test/../channels.yml', pathToFileURL(theirs)])
      expect(() => readFileSync(path)).toThrow(refused);
    expect(() => cpSync(theirs, join(root, 'nowhere', 'channels.yml'))).toThrow(refused);
    expect(() => symlinkSync(theirs, join(root, 'nowhere', 'channels.yml'))).toThrow(refused);
    await expect(async () => readFile(theirs)).rejects.toThrow(refused);
  });

  it('cannot be read by a process that a test starts', () => {
    const program = `require('node:fs').readFileSync(${JSON.stringify(theirs)})`;
    expect(spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' }).stderr).toMatch(refused);
  });

  it('is named by no path in the code of proofs and benchmarks', () => {
    // What one of these calls gets, except for the names in messages.
    const paths = /\b(?:join|resolve|URL|readFileSync|cpSync|symlinkSync|edit)\([^()]*?'([^'\n]*channels\.yml)'/g;
    const named = globSync('{proof,bench}/**/*.{ts,mjs}', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(paths)]
        .map(([, path = '']) => resolve(path.startsWith('.') ? dirname(join(root, file)) : root, path))
        .map((path) => [file, path] as const),
    );
    expect(named).toContainEqual(['proof/fuzz/configuration.ts', join(root, 'proof/fuzz/channels.yml')]);
    expect(named.filter(([, path]) => path === theirs)).toEqual([]);
  });
});

describe("the user's parameters in serverless.yml", () => {
  const [before, after] = ['service: a\n\n', '\ncustom:\n  a: b\n'];
  const params = 'params:\n  default:\n    region: eu-west-1\n';

  it.each([
    ['further stages and comments', 'params: # ours\n  default:\n    region: cn-north-1\n# mine\n\n  prod: { region: us-east-1 }\n'],
    ['one line', 'params: { default: { region: cn-north-1 } }\n'],
    ['a file', `params: \${file(params.yml)}\n`],
  ])('are replaced where tests package the service: %s', (_what, theirs) => {
    expect(withParameters(before + theirs + after, params)).toEqual(expect.stringContaining(before + params));
    expect(parse(withParameters(before + theirs + after, params))).toEqual(parse(before + params + after));
  });

  it('are not those that tests see', () => {
    const ofTests = parse(readFileSync(join(root, TEST_PARAMETERS), 'utf8'), { logLevel: 'error' }).params;
    expect(parse(serverlessWithTestParameters(), { logLevel: 'error' }).params).toEqual(ofTests);
    expect(ofTests.default.channels).toBe('examples/channels.yml');
  });
});

describe("the variables of the caller's shell", () => {
  const silent = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_DEV: 'true', LOG_LEVEL: 'SILENT' };
  const elsewhere = { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_IOT: 'http://b', AWS_REGION: 'cn-north-1', AWS_PROFILE: 'theirs' };
  const others = { NO_COLOR: '1', FORCE_COLOR: '1', INIT_CWD: '/nowhere', OTA_DEBUG: '1', OTA_SERVERLESS_FILE: '/nowhere' };
  const ofTheTests = { OTA_MUTANT: 'one', OTA_TEST_RESULTS: '/results', OTA_PROPERTY_RUNS: '9', PATH: '/bin' };

  it('are removed if the service, the SDK, osls or npm reads them, and kept if they choose what the tests do', () => {
    const environment = { ...silent, ...elsewhere, ...others, ...ofTheTests };
    testEnvironment(environment);
    expect(environment).toEqual(ofTheTests);
  });

  it('reach only the tests of a store or a queue if they name another engine, under a name that no SDK reads', () => {
    const environment: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL_SQS: 'http://c', AWS_ENDPOINT_URL_DYNAMODB: 'http://d' };
    expect(testEnvironment(environment)).toMatchObject({ TEST_ENDPOINT_SQS: 'http://c', TEST_ENDPOINT_DYNAMODB: 'http://d' });
    expect(environment).toEqual({});
  });

  it('are gone in this test', () => {
    const left = Object.keys(process.env).filter((name) => name in { ...silent, ...elsewhere, NO_COLOR: '', INIT_CWD: '', OTA_DEBUG: '' });
    expect(left).toEqual([]);
  });
});
