import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { channelsOf, findChannels, nameOfChannels, nameOfRegion, regionOf } from '../../../operator/stage/channels-of-stage.ts';
import { UsageError } from '../../../scripts/command.ts';
import { EXAMPLE_CHANNELS, TEST_PARAMETERS } from '../../../scripts/service-copy.ts';

const root = join(import.meta.dirname, '../../..');
const file = (name: string) => readFileSync(join(root, name), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'ota-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(folder, 'f-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

describe('the region of a stage', () => {
  it.each([
    ['prod', 'params: { default: { region: eu-west-1 }, prod: { region: ca-central-1 } }', 'ca-central-1'],
    ['prod', 'params: { default: { region: ca-central-1 }, prod: { channels: prod.yml } }', 'ca-central-1'],
    ['prod', 'params: { default: { region: ca-central-1 }, prod: }', 'ca-central-1'],
    ['local', 'params: { default: { region: eu-west-1 }, local: { region: us-east-1 } }', 'us-east-1'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    ['cn-north-1', 'params: { default: { region: "${sls:stage}" } }', 'cn-north-1'],
    ['constructor', 'params: { default: { region: cn-north-1 } }', 'cn-north-1'],
    ['prod', 'params: { default: { channels: all.yml } }', 'eu-west-1'],
    ['local', 'params: { default: { channels: all.yml } }', 'us-east-1'],
    ['prod', 'params:', 'eu-west-1'],
  ])('of stage %s in a serverless.yml with %j is %s', (stage, serverless, region) => {
    expect(nameOfRegion(stage, serverless)).toBe(region);
  });

  it('must be named by a person if it is only known at deployment', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    const serverless = 'params: { default: { region: "${env:AWS_REGION}" } }';
    expect(() => nameOfRegion('prod', serverless)).toThrow(UsageError);
  });

  it('is that of the environment if it is only known at deployment, or if there is no serverless.yml', () => {
    vi.stubEnv('AWS_REGION', 'ca-central-1');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    const computed = folderWith({ 'serverless.yml': 'params: { default: { region: "${env:AWS_REGION}" } }' });
    for (const folder of [computed, folderWith({})]) expect(regionOf('prod', undefined, folder)).toBe('ca-central-1');
    const named = folderWith({ 'serverless.yml': 'params: { default: { region: eu-west-1 } }' });
    expect([regionOf('prod', undefined, named), regionOf('local', undefined, folderWith({}))]).toEqual(['eu-west-1', 'us-east-1']);
    vi.unstubAllEnvs();
  });

  it('cannot be read from a serverless.yml that is not YAML', () => {
    const folder = folderWith({ 'serverless.yml': 'params: default: prod' });
    expect(() => regionOf('prod', undefined, folder)).toThrow(
      new UsageError('serverless.yml is not YAML: Nested mappings are not allowed in compact mappings at line 1, column 9'),
    );
  });

  it.each(['eu-west-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'])('is the one that a person named: %s', (region) => {
    expect(regionOf('prod', region)).toBe(region);
  });

  it.each(['', 'Ireland', 'eu-west', 'eu-west-1a', 'EU-WEST-1'])('cannot be "%s"', (region) => {
    expect(() => regionOf('prod', region)).toThrow(UsageError);
  });

  it('is the one of serverless.yml if nobody names one', () => {
    const serverless = file(TEST_PARAMETERS);
    for (const stage of ['local', 'prod']) expect(regionOf(stage, undefined)).toBe(nameOfRegion(stage, serverless));
  });
});

describe('in a folder without serverless.yml', () => {
  it('nobody knows the region of a deployed stage, and the local one is in us-east-1', () => {
    expect(() => regionOf('prod', undefined, folderWith({}))).toThrow(
      new UsageError('no region is known, because there is no serverless.yml here: set AWS_REGION (check and plan also take --region)'),
    );
    expect(regionOf('local', undefined, folderWith({}))).toBe('us-east-1');
  });

  it('a channels.yml is used, and none is needed', () => {
    expect(findChannels('prod', undefined, folderWith({}))).toBeUndefined();
    expect(findChannels('prod', undefined, folderWith({ 'channels.yml': 'here' }))).toEqual({ name: 'channels.yml', text: 'here' });
  });
});

describe('the channels.yml of a stage', () => {
  it('does not exist if serverless.yml does not name it and the folder does not have it', () => {
    expect(findChannels('prod', undefined, folderWith({ 'serverless.yml': 'service: of-somebody-else' }))).toBeUndefined();
  });

  it('must be there if serverless.yml or a person names it', () => {
    const serverless = 'params: { default: { channels: all.yml } }';
    expect(() => findChannels('prod', undefined, folderWith({ 'serverless.yml': serverless }))).toThrow(
      /^cannot read .*all\.yml: no such file$/,
    );
    expect(() => findChannels('prod', 'none.yml', folderWith({}))).toThrow(/^cannot read none\.yml: no such file$/);
  });

  it.each([
    ['prod', 'params: { default: { channels: all.yml }, prod: { channels: prod.yml } }', 'prod.yml'],
    ['prod', 'params: { default: { channels: all.yml }, prod: { createsPerSecond: 8 } }', 'all.yml'],
    ['prod', 'params: { default: { channels: all.yml }, prod: }', 'all.yml'],
    ['constructor', 'params: { default: { channels: all.yml } }', 'all.yml'],
    ['prod', 'custom: { kept: !Ref Table }', 'channels.yml'],
    ['prod', 'params:', 'channels.yml'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    ['prod', 'params: { default: { channels: "channels.${sls:stage}.yml" } }', 'channels.prod.yml'],
  ])('of stage %s in a serverless.yml with %j is %s', (stage, serverless, name) => {
    expect(nameOfChannels(stage, serverless)).toBe(name);
  });

  it('must be named by a person if it is only known at deployment', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    const serverless = 'params: { default: { channels: "${env:CHANNELS}" } }';
    expect(() => nameOfChannels('prod', serverless)).toThrow(UsageError);
  });

  it('is read from the root, wherever the command was typed', () => {
    vi.stubEnv('INIT_CWD', '/nowhere');
    expect(channelsOf('local', undefined)).toEqual({ name: EXAMPLE_CHANNELS, text: file(EXAMPLE_CHANNELS) });
  });

  it('is the file that a person named, under the name that they typed', () => {
    vi.stubEnv('INIT_CWD', join(root, 'test'));
    expect(channelsOf('prod', '../package.json')).toEqual({ name: '../package.json', text: file('package.json') });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });
});
