import { createHash } from 'node:crypto';
import { createOTAUpdateInput, createOtaTaskInput } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { markerKeys } from '../../../domain/channels/reserved.ts';
import { canonicalJson, sha256Hex } from '../../../domain/json/canonical.ts';
import { releaseDigest } from '../../../domain/release/digest.ts';
import { parseReleaseText } from '../../../domain/release/intake.ts';
import type { Release } from '../../../domain/release/release.ts';
import { requestDigest } from '../../../domain/request/digest.ts';
import { artifact, release } from '../../../proof/support/fixtures.ts';

describe('canonical JSON', () => {
  it.each([
    // RFC 8785, section 3.2.2 and 3.2.3
    [
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ],
    [
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    ],
    ['[56,{"d":true,"10":null,"1":[]}]', '[56,{"1":[],"10":null,"d":true}]'],
    // RFC 8785, appendix B
    [
      '[0,-0,5e-324,1.7976931348623157e308,9007199254740992,295147905179352830000,9.999999999999997e22,1e23,1e21,1e-7]',
      '[0,0,5e-324,1.7976931348623157e+308,9007199254740992,295147905179352830000,9.999999999999997e+22,1e+23,1e+21,1e-7]',
    ],
  ])('follows RFC 8785: %s', (text, expected) => {
    expect(canonicalJson(JSON.parse(text))).toBe(expected);
  });

  it.each([
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['NaN', Number.NaN],
    ['undefined', undefined],
  ])('throws for %s', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });

  it('throws a TypeError for undefined', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson(undefined)).toThrow('not a JSON value');
  });

  it('is hashed as UTF-8', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex('€')).toBe(
      createHash('sha256')
        .update(Uint8Array.of(0xe2, 0x82, 0xac))
        .digest('hex'),
    );
  });
});

const full: Release = {
  ...release,
  hardware: ['T6-B', 'T6-C'],
  description: 'Fixes the heating curve',
  tags: { ci: '8812' },
  targets: ['arn:aws:iot:us-east-1:000000000000:thing/a', 'arn:aws:iot:us-east-1:000000000000:thing/b'],
  startAt: '2026-12-01T00:00:00Z',
  endAt: '2026-12-02T00:00:00Z',
  notAfter: '2026-12-24T00:00:00Z',
  correlationId: 'build-8812',
  artifacts: [{ ...artifact, fileType: 0, fileVersion: '2.4.1', sizeBytes: 412_345, attributes: { board: 'T6' } }],
};
const [first = artifact] = full.artifacts;
const location = { bucket: 'acme-firmware', key: 'k', version: 'v' };

describe('the digest of a release', () => {
  it('never changes', () => {
    expect(releaseDigest(release)).toBe('a71d9d7c7691b8edabc48c2df9d27b16492c254bd72aae670986c9d53fb28ed6');
    expect(releaseDigest(full)).toBe('705e247eff982a8478f9b2d81aa41ba90d174659f002a72df13de68b6f9e77d9');
  });

  it.each<[string, Partial<Release>]>([
    ['channels', { channels: ['stable', 'beta'] }],
    ['correlationId', { correlationId: 'another' }],
    ['dryRun', { dryRun: true }],
    ['schemaVersion', { schemaVersion: '1.1' }],
    ['the order of hardware', { hardware: ['T6-C', 'T6-B'] }],
    ['hardware named twice', { hardware: ['T6-B', 'T6-C', 'T6-B'] }],
    ['the order of targets', { targets: [...(full.targets ?? [])].reverse() }],
    ['the time zone in which an instant is written', { notAfter: '2026-12-24T01:00:00+01:00' }],
  ])('does not depend on %s', (_what, change) => {
    expect(releaseDigest({ ...full, ...change })).toBe(releaseDigest(full));
  });

  it('does not depend on whether defaults and empty maps are written', () => {
    const bare = '{"product":"a","version":"1.0.0","channels":["b"],"artifacts":[{"fileLocation":{"stream":{"streamId":"s"}}}]}';
    const written =
      '{"version":"1.0.0", "revision":1, "schemaVersion":"1", "dryRun":false, "tags":{},\n "artifacts":[{"jobDocument":false,"attributes":{},"fileLocation":{"stream":{"streamId":"\\u0073"}}}],"product":"\\u0061","channels":["b"]}';
    expect(digestOf(written)).toBe(digestOf(bare));
  });

  it.each<[string, Partial<Release>]>([
    ['product', { product: 'hub' }],
    ['version', { version: '2.4.2' }],
    ['revision', { revision: 2 }],
    ['hardware', { hardware: ['T6-B'] }],
    ['description', { description: 'Fixes the heating curve.' }],
    ['tags', { tags: { ci: '8813' } }],
    ['targets', { targets: [] }],
    ['startAt', { startAt: '2026-12-01T00:01:00Z' }],
    ['endAt', { endAt: '2026-12-02T00:01:00Z' }],
    ['notAfter', { notAfter: '2026-12-24T00:00:00.001Z' }],
    ['fileName', { artifacts: [{ ...first, fileName: '/App.bin' }] }],
    ['fileType', { artifacts: [{ ...first, fileType: 1 }] }],
    ['fileVersion', { artifacts: [{ ...first, fileVersion: '2' }] }],
    ['fileLocation', { artifacts: [{ ...first, fileLocation: { s3Location: location } }] }],
    ['sha256', { artifacts: [{ ...first, sha256: '0'.repeat(64) }] }],
    ['sizeBytes', { artifacts: [{ ...first, sizeBytes: 412_346 }] }],
    ['codeSigning', { artifacts: [{ ...first, codeSigning: { awsSignerJobId: 'a' } }] }],
    ['attributes', { artifacts: [{ ...first, attributes: { board: 'T7' } }] }],
    ['jobDocument', { artifacts: [{ ...first, jobDocument: true }] }],
    ['a second artifact', { artifacts: [first, first] }],
    ['the order of artifacts', { artifacts: [{ ...first, fileName: '/b' }, first] }],
  ])('changes with %s', (what, change) => {
    const before = what === 'the order of artifacts' ? { ...full, artifacts: [first, { ...first, fileName: '/b' }] } : full;
    expect(releaseDigest({ ...before, ...change })).not.toBe(releaseDigest(before));
  });

  it.each(['hardware', 'description', 'tags', 'targets', 'startAt', 'endAt', 'notAfter'] as const)('changes if %s is missing', (member) => {
    const { [member]: _gone, ...rest } = full;
    expect(releaseDigest(rest)).not.toBe(releaseDigest(full));
  });
});

describe('the digest of a request', () => {
  const markers = Object.fromEntries(Object.values(markerKeys).map((key) => [key, 'x']));

  it('covers everything in a job but its id and the tags of this service', () => {
    const asked = { targets: ['a'], document: '{}', tags: [{ Key: 'c' }] };
    const marked = { ...asked, jobId: 'fw-1', tags: [{ Key: 'c' }, ...Object.keys(markers).map((Key) => ({ Key, Value: 'x' }))] };
    expect(requestDigest(marked)).toBe(requestDigest(asked));
    const changes = [{ targets: ['b'] }, { document: '{"a":1}' }, { tags: [] }, { description: 'x' }, { schedulingConfig: {} }];
    for (const change of changes) expect(requestDigest({ ...marked, ...change })).not.toBe(requestDigest(asked));
  });

  it('does not depend on the ids and markers of this service', () => {
    const asked = { targets: ['a'], roleArn: 'r' };
    expect(requestDigest({ ...asked, otaUpdateId: 'fw-1', additionalParameters: markers })).toBe(requestDigest(asked));
    expect(requestDigest({ ...asked, otaUpdateId: 'fw-2', additionalParameters: {}, tags: [] })).toBe(requestDigest(asked));
    const tagged = { ...asked, Tags: { a: '1' }, additionalParameters: { b: '2' }, tags: [{ Key: 'c' }] };
    expect(
      requestDigest({
        ...asked,
        ClientToken: 'x',
        Tags: { ...markers, a: '1' },
        additionalParameters: { b: '2', ...markers },
        tags: [{ Key: 'ota-dispatch.rolloutId', Value: 'x' }, { Key: 'c' }],
      }),
    ).toBe(requestDigest(tagged));
  });

  it('changes with everything else', () => {
    const asked = { targets: ['a'], roleArn: 'r', Tags: { a: '1' }, additionalParameters: { a: '1' }, tags: [{ Key: 'a', Value: '1' }] };
    const changes = [
      { targets: ['b'] },
      { targets: ['a', 'a'] },
      { roleArn: 's' },
      { Tags: { a: '2' } },
      { Tags: undefined },
      { additionalParameters: { a: '2' } },
      { additionalParameters: { b: '1' } },
      { tags: [{ Key: 'a' }] },
      { tags: [] },
      { description: '' },
    ];
    const digests = new Set([asked, ...changes.map((change) => ({ ...asked, ...change }))].map(requestDigest));
    expect(digests.size).toBe(changes.length + 1);
  });

  const asked = Object.keys({ ...createOTAUpdateInput.members, ...createOtaTaskInput.members });
  it.each(asked.filter((member) => member !== 'otaUpdateId' && member !== 'ClientToken'))(
    'changes with %s, as with every member of both operations',
    (member) => {
      const digests = new Set([{}, { [member]: 'a' }, { [member]: 'b' }].map(requestDigest));
      expect(digests.size).toBe(3);
    },
  );

  it('differs for two requests that differ in one file only', () => {
    const request = (version: string) => ({ targets: ['a'], files: [{ fileName: '/a' }, { fileName: '/b', fileVersion: version }] });
    expect(requestDigest(request('1'))).not.toBe(requestDigest(request('2')));
  });

  it('changes even with values that a request must not have, and does not throw', () => {
    const digests = new Set([{}, { Tags: 'x' }, { Tags: 'y' }, { Tags: null }, { tags: [null] }, { tags: 'x' }].map(requestDigest));
    expect(digests.size).toBe(6);
  });

  it('does not depend on the order of members', () => {
    expect(requestDigest({ a: 1, b: { c: 2, d: 3 } })).toBe(requestDigest({ b: { d: 3, c: 2 }, a: 1 }));
  });
});

function digestOf(text: string): string {
  const parsed = parseReleaseText(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.rejection));
  return releaseDigest(parsed.value);
}
