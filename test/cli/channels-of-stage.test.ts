import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { channelsOf, nameOfChannels } from '../../cli/channels-of-stage.ts';

const root = join(import.meta.dirname, '../..');
const file = (name: string) => readFileSync(join(root, name), 'utf8');

describe('the configuration of a stage', () => {
  it.each([
    ['prod', 'params: { default: { channels: all.yml }, prod: { channels: prod.yml } }', 'prod.yml'],
    ['prod', 'params: { default: { channels: all.yml }, prod: { createsPerSecond: 8 } }', 'all.yml'],
    ['prod', 'params: { default: { channels: all.yml }, prod: }', 'all.yml'],
    ['constructor', 'params: { default: { channels: all.yml } }', 'all.yml'],
    ['prod', 'custom: { kept: !Ref Table }', 'channels.yml'],
    ['prod', 'params:', 'channels.yml'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    ['prod', 'params: { default: { channels: "channels.${sls:stage}.yml" } }', 'channels.prod.yml'],
  ])('of %s under %j is %s', (stage, serverless, name) => {
    expect(nameOfChannels(stage, serverless)).toBe(name);
  });

  it('is for a person to name where only a deployment can tell it', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    const serverless = 'params: { default: { channels: "${env:CHANNELS}" } }';
    expect(() => nameOfChannels('prod', serverless)).toThrow(/add --channels FILE$/);
  });

  it('is read from where it is deployed from, wherever the person typed', () => {
    vi.stubEnv('INIT_CWD', '/nowhere');
    expect(channelsOf('local', undefined)).toEqual({ name: 'channels.yml', text: file('channels.yml') });
  });

  it('is the file that was named, as it was named', () => {
    vi.stubEnv('INIT_CWD', join(root, 'test'));
    expect(channelsOf('prod', '../package.json')).toEqual({ name: '../package.json', text: file('package.json') });
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });
});
