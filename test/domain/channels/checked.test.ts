import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkedTextOf, readCheckedChannels } from '../../../domain/channels/checked.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';
import { EXAMPLE_CHANNELS } from '../../../scripts/service-copy.ts';

const place = { accountId: '123456789012', region: 'eu-west-1', stage: 'prod' };
const file: unknown = parse(readFileSync(EXAMPLE_CHANNELS, 'utf8'));
const text = `${JSON.stringify(file)}\n`;
const checked = checkedTextOf(text, place);

describe('A channels.json that packaging has checked', () => {
  it('has the content that the check answers, with its variables replaced', () => {
    expect(validateChannels(file, place)).toMatchObject({ ok: true, channels: readCheckedChannels(text, checked, place) });
    expect(text).toContain(`\${aws:accountId}`);
    expect(JSON.stringify(readCheckedChannels(text, checked, place))).toContain(':123456789012:');
  });

  it('is for any account, because none is known at packaging', () => {
    const other = { ...place, accountId: '210987654321' };
    expect(JSON.stringify(readCheckedChannels(text, checked, other))).toContain(':210987654321:');
  });

  it.each([
    ['its text was changed', text.replace('beta', 'gamma'), checked, place],
    ['one blank was added', `${text} `, checked, place],
    ['its mark is that of another file', text, checkedTextOf('{}', place), place],
    ['its mark is no object', text, null, place],
    ['its mark has no SHA-256', text, {}, place],
  ])('is not used if %s', (_why, given, mark, at) => {
    expect(() => readCheckedChannels(given, mark, at)).toThrow(
      'channels.json is not the file that packaging has checked: package the service again',
    );
  });

  it.each([
    ['stage', { ...place, stage: 'dev' }, 'prod in eu-west-1, but this is dev in eu-west-1'],
    ['region', { ...place, region: 'us-east-1' }, 'prod in eu-west-1, but this is prod in us-east-1'],
  ])('is not used in another %s', (_what, at, message) => {
    expect(() => readCheckedChannels(text, checked, at)).toThrow(
      `channels.json was checked for the stage ${message}: package it for this stage`,
    );
  });
});
