import { loadConfig as loadConfigOfSdk } from '@smithy/core/config';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadConfig } from '../../scripts/lambda-config.ts';

const flag = {
  environmentVariableSelector: ({ A_FLAG: text }: NodeJS.ProcessEnv) => {
    if (text !== undefined && text !== 'true') throw new Error('must be true');
    return text === undefined ? undefined : true;
  },
  configFileSelector: () => undefined,
};

afterEach(() => vi.unstubAllEnvs());

describe('What stands for the settings of the SDK in the bundles', () => {
  it.each([
    ['a variable', 'true'],
    ['no variable', undefined],
    ['a wrong variable', 'perhaps'],
  ])('reads %s as the SDK does', async (_, text) => {
    vi.stubEnv('A_FLAG', text);
    for (const otherwise of [false, async () => false]) {
      const setting = { ...flag, default: otherwise };
      expect(await loadConfig(setting)()).toBe(await loadConfigOfSdk(setting)());
    }
  });

  it('throws what the default throws, as the SDK does', async () => {
    const setting = {
      ...flag,
      default: () => {
        throw new Error('Region is missing');
      },
    };
    await expect(loadConfig(setting)()).rejects.toThrow('Region is missing');
    await expect(loadConfigOfSdk(setting)()).rejects.toThrow('Region is missing');
  });

  it('gives the selector the signing name, and asks it once', async () => {
    const asked: unknown[] = [];
    const select = (_: NodeJS.ProcessEnv, options: object) => {
      asked.push(options);
      return 'found';
    };
    const read = loadConfig({ environmentVariableSelector: select, default: '' }, { signingName: 'iot' });
    expect([await read(), await read()]).toEqual(['found', 'found']);
    expect(asked).toEqual([{ signingName: 'iot', logger: undefined }]);
  });
});
