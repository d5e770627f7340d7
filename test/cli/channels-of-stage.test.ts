import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { channelsOf, nameOfChannels } from '../../cli/channels-of-stage.ts';
import { UsageError } from '../../scripts/command.ts';

const root = join(import.meta.dirname, '../..');
const file = (name: string) => readFileSync(join(root, name), 'utf8');

describe('the channels.yml of a stage', () => {
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
    expect(channelsOf('local', undefined)).toEqual({ name: 'channels.yml', text: file('channels.yml') });
  });

  it('is the file that a person named, under the name that they typed', () => {
    vi.stubEnv('INIT_CWD', join(root, 'test'));
    expect(channelsOf('prod', '../package.json')).toEqual({ name: '../package.json', text: file('package.json') });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });
});
