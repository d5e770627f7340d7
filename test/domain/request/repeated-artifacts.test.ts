import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../domain/release/release.ts';
import { findRepeatedArtifacts } from '../../../domain/request/repeated-artifacts.ts';
import { artifact, release } from '../../../proof/support/fixtures.ts';

const s3 = (changes: object) => ({ fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'a', version: 'v1', ...changes } } });
const stream = { fileLocation: { stream: { streamId: 's' } } };
const { fileName: _name, ...unnamed } = artifact;
const { fileLocation: _location, sha256: _sha256, ...unlocated } = artifact;
const pathsOf = (...artifacts: Artifact[]) => findRepeatedArtifacts({ ...release, artifacts }).map(({ path }) => path);

describe('an artifact of a release', () => {
  it('with the fileName of an earlier one is named', () => {
    const named = { ...artifact, fileName: '/b' };
    expect(pathsOf({ ...artifact, ...s3({}) }, { ...named, ...s3({ key: 'b' }) }, { ...named, ...s3({ key: 'c' }) })).toEqual([
      'artifacts[2].fileName',
    ]);
  });

  it('with the S3 object of an earlier one is named', () => {
    expect(pathsOf({ ...unnamed, ...s3({}) }, { ...unnamed, fileName: '/b', ...s3({}) })).toEqual(['artifacts[1].fileLocation.s3Location']);
  });

  it('is compared with the first of its kind', () => {
    const all = findRepeatedArtifacts({ ...release, artifacts: ['a', 'b', 'c'].map((key) => ({ ...artifact, ...s3({ key }) })) });
    expect(all.map(({ path, message }) => [path, message.slice(0, 12)])).toEqual([
      ['artifacts[1].fileName', 'artifacts[0]'],
      ['artifacts[2].fileName', 'artifacts[0]'],
    ]);
  });

  it.each<[string, Artifact[]]>([
    ['if neither has a location, because their signing jobs have it', [unlocated, { ...unlocated, fileName: '/b' }]],
    ['if its fileType is different, because devices may keep it elsewhere', [artifact, { ...artifact, fileType: 1, ...s3({}) }]],
    ['if neither has a fileName', [unnamed, { ...unnamed, ...s3({}) }]],
    ['if the version of the object is different', [s3({}), s3({ version: 'v2' })].map((one) => ({ ...unnamed, ...one }))],
    ['if neither is in S3', [unnamed, unnamed].map((one) => ({ ...one, ...stream }))],
  ])('is right %s', (_what, artifacts) => {
    expect(pathsOf(...artifacts)).toEqual([]);
  });
});
