import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { answersOf } from '../../../cli/init/answers.ts';
import { UsageError } from '../../../scripts/command.ts';

type Options = Partial<Parameters<typeof answersOf>[0]> & { readonly isYes?: boolean };

const terminal = () => Object.assign(new PassThrough(), { isTTY: true });

/** Somebody who types these lines on a terminal. Answers what they were asked, and what was made of it. */
async function typed(lines: readonly string[], { isYes = false, given = {}, ...file }: Options = {}) {
  const [stdin, stderr] = [terminal(), terminal()];
  stdin.end(lines.map((line) => `${line}\n`).join(''));
  const answers = await answersOf({ given, ...file }, isYes, { stdin, stderr });
  return { answers, asked: String(stderr.read() ?? '') };
}

describe('ota init on a terminal', () => {
  it('asks for the product, the bucket, the control plane and the Region', async () => {
    const { answers, asked } = await typed(['thermostat', 'acme-firmware', 'createOTAUpdate', 'us-west-2']);
    expect(answers).toMatchObject({ product: 'thermostat', bucket: 'acme-firmware', controlPlane: 'createOTAUpdate', region: 'us-west-2' });
    expect(asked).toContain('Name of the product: ');
    expect(asked).toContain('S3 bucket of its firmware: ');
    for (const controlPlane of ['createOTAUpdate', 'createJob', 'createOtaTask'])
      expect(asked).toMatch(new RegExp(` {2}${controlPlane} +\\w`));
  });

  it('takes the default for an empty answer', async () => {
    const { answers, asked } = await typed(['a', 'acme', '', '']);
    expect(answers).toMatchObject({ controlPlane: 'createOTAUpdate', region: 'eu-west-1' });
    expect(asked).toContain('[createOTAUpdate]: ');
    expect(asked).toContain('AWS region [eu-west-1]: ');
  });

  it('asks again after a wrong answer, and says what is right', async () => {
    const { answers, asked } = await typed(['Thermostat', '', 'thermostat', 'acme', 'ota', 'createJob', 'frankfurt', '', 'plain']);
    expect(answers).toMatchObject({ product: 'thermostat', controlPlane: 'createJob', region: 'eu-west-1', format: 'plain' });
    expect(asked).toContain('  must be 1 to 64 characters of a-z, 0-9 and -, got text of 10 characters\n');
    expect(asked).toContain('  must be 1 to 64 characters of a-z, 0-9 and -, got text of 0 characters\n');
    expect(asked).toContain('  takes createOTAUpdate, createJob or createOtaTask, not ota\n');
    expect(asked).toContain('  takes a region such as eu-west-1, not frankfurt\n');
  });

  it('asks for nothing that an option has answered', async () => {
    const given = { product: 'a', bucket: 'acme', controlPlane: 'createJob', region: 'eu-west-1', format: 'plain' };
    expect(await typed([], { given })).toMatchObject({ answers: given, asked: '' });
  });

  it('asks nothing with --yes', async () => {
    const { answers, asked } = await typed([], { given: { product: 'my-lock', bucket: 'acme' }, isYes: true });
    expect(asked).toBe('');
    expect(answers).toEqual({
      product: 'my-lock',
      bucket: 'acme',
      controlPlane: 'createOTAUpdate',
      region: 'eu-west-1',
      source: 'firmware-ci',
      channel: 'beta',
      target: 'my-lock-beta',
      format: '',
      signingProfile: 'my_lock_firmware',
      taskConfiguration: '',
    });
  });

  it('takes a default without a terminal, other than for the control plane', async () => {
    const nobody = { stdin: new PassThrough(), stderr: new PassThrough() };
    const given = { product: 'my-lock', bucket: 'acme', controlPlane: 'createJob' };
    expect(await answersOf({ given }, false, nobody)).toMatchObject({ ...given, region: 'eu-west-1', format: 'device-client' });
    const file = { controlPlane: 'createJob', format: 'plain' } as const;
    expect(await answersOf({ given: { product: 'a', bucket: 'acme' }, file }, false, nobody)).toMatchObject({
      ...file,
      region: 'eu-west-1',
    });
    await expect(answersOf({ given: { product: 'a', bucket: 'acme' } }, false, nobody)).rejects.toThrow(
      new UsageError('--control-plane is required, because there is no terminal to ask you'),
    );
  });

  it('asks for the task configuration of createOtaTask, unless a file has the whole request', async () => {
    expect((await typed(['a', 'acme', 'createOtaTask', '', 'abc123'])).answers).toMatchObject({
      taskConfiguration: 'abc123',
      target: 'attributes.model=a',
    });
  });

  it('offers what a file of the AWS CLI has', async () => {
    const file = { controlPlane: 'createJob', bucket: 'of-file', region: 'us-west-2', format: 'plain' } as const;
    const { answers, asked } = await typed(['a', '', '', ''], { file });
    expect(answers).toMatchObject(file);
    expect(asked).not.toContain('AWS request');
    for (const offer of ['[of-file]', '[us-west-2]', '[plain]']) expect(asked).toContain(offer);
  });

  it('ends with a usage error at the end of the input', async () => {
    await expect(typed(['thermostat'])).rejects.toThrow(new UsageError('the input ended before this was answered: pass --bucket'));
  });

  it('makes a default of each product that AWS accepts', async () => {
    const { answers } = await typed([], { given: { product: 'a'.repeat(64), bucket: 'acme', channel: 'b'.repeat(64) }, isYes: true });
    expect(answers.signingProfile).toMatch(/^\w{2,64}$/);
    expect(answers.target.length).toBeLessThanOrEqual(128);
  });
});
