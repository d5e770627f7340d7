import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../domain/channels/schema.ts';
import type { Release } from '../../../domain/release/release.ts';
import { findLosses } from '../../../domain/request/losses.ts';
import { artifact, channelsOf, jobChannel, otaTaskChannel, otaUpdateChannel, release } from '../../../proof/support/fixtures.ts';

const profile = { codeSigning: { startSigningJobParameter: { signingProfileName: 'acme_t6' } } };
const { codeSigning: _signature, ...unsigned } = artifact;
const byJob = { ...unsigned, codeSigning: { awsSignerJobId: 'job-1' } };

const losses = (channel: Channel, changes: Partial<Release> = {}) =>
  findLosses({ ...release, ...changes }, channelsOf({ beta: channel })).map(({ path }) => path);

describe('a release loses', () => {
  it.each<[string, Channel, Partial<Release>, string[]]>([
    ['its description', otaUpdateChannel({ description: 'x' }), { description: 'y' }, ['description']],
    ['its description to a task', otaTaskChannel({ Description: 'x' }), { description: 'y' }, ['description']],
    ['its description to a job', jobChannel({ description: 'x' }), { description: 'y' }, ['description']],
    ['a tag to a job', jobChannel({ tags: [{ Key: 'ci', Value: '1' }] }), { tags: { ci: '2', other: '' } }, ['tags.ci']],
    ['a description that a task cannot have', otaTaskChannel(), { description: '¡¿!' }, ['description']],
    ['its signature to a profile', otaUpdateChannel({ files: [profile] }), {}, ['artifacts[0].codeSigning']],
    ['its signing job to a profile', otaUpdateChannel({ files: [profile] }), { artifacts: [byJob] }, ['artifacts[0].codeSigning']],
    [
      'its signature to the profile of a named entry',
      otaUpdateChannel({ files: [{ fileType: 1 }, { fileName: '/app.bin', ...profile }] }),
      { artifacts: [{ ...artifact, fileName: '/other.bin' }, artifact] },
      ['artifacts[1].codeSigning'],
    ],
    [
      'type and version of a file',
      otaUpdateChannel({ files: [{ fileType: 1, fileVersion: '1.2.3' }] }),
      { artifacts: [{ ...artifact, fileType: 0, fileVersion: '2.4.1' }] },
      ['artifacts[0].fileType', 'artifacts[0].fileVersion'],
    ],
    [
      'an attribute',
      otaUpdateChannel({ files: [{ attributes: { board: 'T7', line: 'a' } }] }),
      { artifacts: [{ ...artifact, attributes: { board: 'T6', site: 'b' } }] },
      ['artifacts[0].attributes.board'],
    ],
    [
      'a tag with the same key but another value',
      otaUpdateChannel({ tags: [{ Key: 'ci', Value: '1' }, { Key: 'team' }] }),
      { tags: { ci: '2', team: 'heating', other: '' } },
      ['tags.ci', 'tags.team'],
    ],
    ['a tag of a task', otaTaskChannel({ Tags: { ci: '1' } }), { tags: { ci: '2', other: '' } }, ['tags.ci']],
    ['what an entry would give to a file that it does not have', otaUpdateChannel({ files: [{ fileName: '/b' }] }), {}, ['artifacts']],
  ])('%s', (_what, channel, changes, expected) => {
    expect(losses(channel, changes)).toEqual(expected);
  });

  it.each<[string, Channel, Partial<Release>]>([
    [
      'without a value of its own',
      otaUpdateChannel({ description: 'x', files: [{ ...profile, fileVersion: '1' }] }),
      { artifacts: [unsigned] },
    ],
    ['with an empty code signing', otaUpdateChannel({ files: [profile] }), { artifacts: [{ ...unsigned, codeSigning: {} }] }],
    ['to an empty code signing', otaUpdateChannel({ files: [{ codeSigning: {} }] }), {}],
    ['to empty attributes', otaUpdateChannel({ files: [{ attributes: {} }] }), { artifacts: [{ ...artifact, attributes: { a: '1' } }] }],
    ['to empty tags', otaUpdateChannel({ tags: [] }), { tags: { ci: '1' } }],
    ['to empty tags of a task', otaTaskChannel({ Tags: {} }), { tags: { ci: '1' } }],
    ['on a channel that gives nothing', otaUpdateChannel(), { description: 'x', tags: { ci: '1' } }],
    ['to a job that gives nothing', jobChannel(), { description: 'x', tags: { ci: '1' } }],
    ['to a job with empty tags', jobChannel({ tags: [] }), { tags: { ci: '1' } }],
    ['with the same description', otaUpdateChannel({ description: 'x' }), { description: 'x' }],
    ['with a description that a task can have', otaTaskChannel(), { description: 'Fixes the heating curve' }],
    ['with a description that is the same in the form of a task', otaTaskChannel({ Description: 'v1-2' }), { description: 'v1.2' }],
    ['with the same tags', otaUpdateChannel({ tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] }), { tags: { a: '1', b: '' } }],
    [
      'with the same members of a file',
      otaUpdateChannel({ files: [{ fileType: 1, fileVersion: '1', attributes: { a: '1' } }] }),
      { artifacts: [{ ...artifact, fileType: 1, fileVersion: '1', attributes: { a: '1' } }] },
    ],
    [
      'to an entry for another file, if that file is in the release',
      otaUpdateChannel({ files: [{ fileName: '/b', ...profile }] }),
      { artifacts: [artifact, { ...unsigned, fileName: '/b' }] },
    ],
    ['on a channel that does not exist', otaUpdateChannel({ description: 'x' }), { description: 'y', channels: ['gone', 'constructor'] }],
    ['of a product that does not exist', otaUpdateChannel({ description: 'x' }), { description: 'y', product: 'constructor' }],
  ])('nothing %s', (_what, channel, changes) => {
    expect(losses(channel, changes)).toEqual([]);
  });

  it('its signature to an entry without fileName, if the entry with its fileName has an empty code signing', () => {
    const channel = otaUpdateChannel({ files: [{ attributes: {} }, profile, { fileName: '/app.bin', codeSigning: {} }] });
    const [loss] = findLosses(release, channelsOf({ beta: channel }));
    expect(loss?.message).toContain('files[1]');
  });

  it('something else on each of its channels, in its own order', () => {
    const channels = channelsOf({ beta: otaUpdateChannel({ description: 'x' }), stable: otaTaskChannel({ Description: 'y' }) });
    const found = findLosses({ ...release, description: 'y', channels: ['stable', 'beta'] }, channels);
    expect(found).toEqual([{ path: 'description', message: expect.any(String), channel: 'beta' }]);
  });
});
