import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@cfworker/json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseApproval } from '../../domain/release/approval.ts';
import { parseHold, parseResume } from '../../domain/release/hold.ts';

/* The same two validators as in schemas.rules.test.ts judge the events that steer. */

function verdictsOf(name: string, parse: (value: unknown) => { readonly ok: boolean }): (value: unknown) => boolean[] {
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, `../../schemas/${name}.schema.json`), 'utf8'));
  const compiled = new Ajv2020({ strict: true, logger: false, formats: { 'date-time': true } }).compile(schema);
  const validator = new Validator(schema, '2020-12');
  return (given) => {
    const value = JSON.parse(JSON.stringify(given));
    return [compiled(value), validator.validate(value).valid, parse(value).ok];
  };
}

const events = {
  approval: {
    of: verdictsOf('firmware-release-approved', parseApproval),
    sample: { product: 'thermostat', version: '2.4.1', channels: ['stable'] },
  },
  hold: { of: verdictsOf('firmware-channel-held', parseHold), sample: { product: 'thermostat', holdId: 'h', reason: 'r' } },
  resume: { of: verdictsOf('firmware-channel-resumed', parseResume), sample: { product: 'thermostat', holdId: 'h' } },
} as const;
type Kind = keyof typeof events;

describe('a steering event', () => {
  it.each<[Kind, string, object]>([
    ['approval', 'as little as possible', {}],
    ['approval', 'a skip with a comment', { skip: ['soakMinutes', 'after'], comment: 'c' }],
    ['approval', 'the longest comment', { comment: '🔥'.repeat(2000) }],
    ['approval', 'a digest', { releaseDigest: 'd'.repeat(64), revision: 7 }],
    ['hold', 'as little as possible', {}],
    ['hold', 'bounds', { from: '2026-12-24T00:00:00Z', until: '2026-12-24T00:00:00.001+00:00' }],
    ['hold', 'the longest id and reason', { holdId: 'A-z0._'.repeat(11).slice(0, 64), reason: 'r\n'.repeat(1000) }],
    ['resume', 'as little as possible', {}],
    ['resume', 'a comment', { comment: 'c', correlationId: 'x', schemaVersion: '1.2' }],
  ])('is accepted by both schemas and the code: %s with %s', (kind, _what, members) => {
    const { of, sample } = events[kind];
    expect(of({ ...sample, ...members })).toEqual([true, true, true]);
  });

  it.each<[Kind, string, object]>([
    ['approval', 'no channels', { channels: undefined }],
    ['approval', 'a channel twice', { channels: ['a', 'a'] }],
    ['approval', 'skip without a comment', { skip: ['after'] }],
    ['approval', 'a part twice', { skip: ['after', 'after'], comment: 'c' }],
    ['approval', 'an unknown part', { skip: ['approval'], comment: 'c' }],
    ['approval', 'an empty skip', { skip: [], comment: 'c' }],
    ['approval', 'an empty comment', { comment: '' }],
    ['approval', 'a digest in capitals', { releaseDigest: 'D'.repeat(64) }],
    ['approval', 'a line break in approvedBy', { approvedBy: 'a\n' }],
    ['approval', 'an unknown member', { proof: {} }],
    ['hold', 'no reason', { reason: undefined }],
    ['hold', 'an empty reason', { reason: '' }],
    ['hold', 'a long reason', { reason: '🔥'.repeat(2001) }],
    ['hold', 'a control character in its reason', { reason: 'a\u0007' }],
    ['hold', 'an id with a line break', { holdId: 'h\n' }],
    ['hold', 'a long id', { holdId: 'h'.repeat(65) }],
    ['hold', 'a day', { until: '2026-12-24' }],
    ['hold', 'a channel twice', { channels: ['a', 'a'] }],
    ['hold', 'an unknown member', { version: '1.0.0' }],
    ['resume', 'no id', { holdId: undefined }],
    ['resume', 'an empty comment', { comment: '' }],
    ['resume', 'an unknown member', { channels: ['a'] }],
  ])('is refused by both schemas and the code: %s with %s', (kind, _what, members) => {
    const { of, sample } = events[kind];
    expect(of({ ...sample, ...members })).toEqual([false, false, false]);
  });
});
