import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../domain/json/canonical.ts';
import { artifactUrlOf } from '../../../domain/request/job-document.ts';
import type { JobDocument, Plan } from '../../../domain/request/planned-rollout.ts';
import { artifact, otaTaskChannel, place, planOn, refusals } from '../../../proof/support/fixtures.ts';

const documentOf = ({ rollouts: [rollout], rejections }: Plan): JobDocument => {
  if (rollout?.document === undefined) throw new Error(JSON.stringify(rejections));
  return rollout.document;
};
const bodyOf = (plan: Plan): string => {
  const document = documentOf(plan);
  if (!('body' in document)) throw new Error('copied');
  return document.body;
};
/** A placeholder that IoT Jobs replaces, not this service. */
const placeholder = ['$', '{aws:iot:s3-presigned-url:https://a/b}'].join('');
const location = { bucket: 'acme-firmware', key: 'a/b.bin', version: 'v1' };

describe('a rendered job document', () => {
  it('has everything that a managed thing needs to know of its files', () => {
    const plan = planOn(otaTaskChannel({}, { jobDocument: { schema: 3, placeholder } }), {
      artifacts: [
        { ...artifact, fileType: 0, fileVersion: '2', sizeBytes: 5, attributes: { board: 'T6' }, fileLocation: { s3Location: location } },
        { fileLocation: { s3Location: { ...location, key: 'c' } }, sha256: 'c'.repeat(64), jobDocument: false },
      ],
    });
    expect(JSON.parse(bodyOf(plan))).toEqual({
      operation: 'firmware-update',
      rolloutId: plan.rollouts[0]?.rolloutId,
      product: 'thermostat',
      version: '2.4.1',
      files: [
        {
          fileName: '/app.bin',
          fileType: 0,
          fileVersion: '2',
          ...location,
          url: 'https://acme-firmware.s3.us-east-1.amazonaws.com/a/b.bin?versionId=v1',
          sha256: artifact.sha256,
          sizeBytes: 5,
          attributes: { board: 'T6' },
          codeSigning: artifact.codeSigning,
        },
        { ...location, key: 'c', url: 'https://acme-firmware.s3.us-east-1.amazonaws.com/c?versionId=v1', sha256: 'c'.repeat(64) },
      ],
      schema: 3,
      placeholder,
    });
  });

  it('has its digest as key, to which S3Url points', () => {
    const plan = planOn(otaTaskChannel());
    const document = documentOf(plan);
    expect(document).toMatchObject({ bucket: place.documentsBucket, key: `job-documents/${sha256Hex(bodyOf(plan))}.json` });
    expect(plan.rollouts[0]?.input.S3Url).toBe(`s3://${document.bucket}/${document.key}`);
  });

  it('has the same bytes in any order of the members that it is made of', () => {
    const one = planOn(otaTaskChannel({}, { jobDocument: { a: 1, b: { c: 2, d: 3 } } }), {
      artifacts: [{ ...artifact, attributes: { x: '1', y: '2' } }],
    });
    const other = planOn(otaTaskChannel({}, { jobDocument: { b: { d: 3, c: 2 }, a: 1 } }), {
      artifacts: [{ ...artifact, attributes: { y: '2', x: '1' } }],
    });
    expect(bodyOf(one)).toBe(bodyOf(other));
    expect(bodyOf(one)).toMatch(/^\{"a":1,"b":\{"c":2,"d":3\},"files":/);
  });

  it('keeps the members of this service, even if nobody validated the channel', () => {
    const plan = planOn(otaTaskChannel({}, { jobDocument: { operation: 'x', files: [], version: '0' } }));
    expect(JSON.parse(bodyOf(plan))).toMatchObject({ operation: 'firmware-update', version: '2.4.1', files: [{ fileName: '/app.bin' }] });
  });

  it('has at most 32768 characters, counted as Unicode code points', () => {
    const lengthOf = (text: string) => bodyOf(planOn(otaTaskChannel({}, { jobDocument: { text } })));
    const room = 32_768 - [...lengthOf('')].length;
    expect([...lengthOf('😀'.repeat(room))].length).toBe(32_768);
    expect(refusals(planOn(otaTaskChannel({}, { jobDocument: { text: '😀'.repeat(room + 1) } })))).toEqual(['INVALID_REQUEST S3Url']);
  });
});

describe('a job document that the release brings', () => {
  const brought = { ...artifact, jobDocument: true, fileLocation: { s3Location: location } };

  it('is copied, with its digest as key, and the other artifacts are not rendered', () => {
    const plan = planOn(otaTaskChannel({}, { jobDocument: { schema: 3 } }), { artifacts: [artifact, brought] });
    expect(documentOf(plan)).toEqual({
      bucket: place.documentsBucket,
      key: `job-documents/${artifact.sha256}.json`,
      copyOf: { ...location, sha256: artifact.sha256 },
    });
    expect(plan.rollouts[0]?.input.S3Url).toBe(`s3://${place.documentsBucket}/job-documents/${artifact.sha256}.json`);
  });
});

describe('the URL of an artifact', () => {
  it.each([
    [
      'a blank and an umlaut',
      { key: 'a b/ü.bin' },
      undefined,
      'https://acme-firmware.s3.us-east-1.amazonaws.com/a%20b/%C3%BC.bin?versionId=v1',
    ],
    ['marks that have a meaning in a URL', { key: "a?b#c&d+e!f'g(h)i*j%k" }, '{key}', 'a%3Fb%23c%26d%2Be%21f%27g%28h%29i%2Aj%25k'],
    ['a version with marks that have a meaning in a URL', { version: 'a+/=&' }, '{version}', 'a%2B%2F%3D%26'],
    ['a slash at the beginning', { key: '/a//b/' }, 'x/{key}', 'x//a//b/'],
    [
      'a pattern',
      {},
      'https://cdn.example/{region}/{bucket}/{key}?v={version}&again={key}',
      'https://cdn.example/us-east-1/acme-firmware/a/b.bin?v=v1&again=a/b.bin',
    ],
    ['a key that looks like a pattern', { key: '{version}$&' }, 'x/{key}/{other}', 'x/%7Bversion%7D%24%26/{other}'],
  ])('can have %s', (_what, change, pattern, expected) => {
    expect(artifactUrlOf({ ...location, ...change }, 'us-east-1', pattern)).toBe(expected);
  });

  it.each([
    ['eu-west-1', 'https://acme-firmware.s3.eu-west-1.amazonaws.com/a/b.bin?versionId=v1'],
    ['us-gov-west-1', 'https://acme-firmware.s3.us-gov-west-1.amazonaws.com/a/b.bin?versionId=v1'],
    ['cn-north-1', 'https://acme-firmware.s3.cn-north-1.amazonaws.com.cn/a/b.bin?versionId=v1'],
    ['cn-northwest-1', 'https://acme-firmware.s3.cn-northwest-1.amazonaws.com.cn/a/b.bin?versionId=v1'],
  ])('has the DNS suffix of the partition of %s', (region, expected) => {
    expect(artifactUrlOf(location, region)).toBe(expected);
  });

  it.each([
    ['firmware.acme.example', 'eu-west-1', 'https://s3.eu-west-1.amazonaws.com/firmware.acme.example/a/b.bin?versionId=v1'],
    ['a.b', 'us-gov-west-1', 'https://s3.us-gov-west-1.amazonaws.com/a.b/a/b.bin?versionId=v1'],
    ['acme.firmware', 'cn-north-1', 'https://s3.cn-north-1.amazonaws.com.cn/acme.firmware/a/b.bin?versionId=v1'],
  ])('has a bucket with a dot in its path, because no certificate covers it in the host: %s in %s', (bucket, region, expected) => {
    expect(artifactUrlOf({ ...location, bucket }, region)).toBe(expected);
  });

  it('has key and version percent-encoded after a bucket with a dot, too', () => {
    const odd = { bucket: 'a.b', key: '/ü b/c+d', version: 'v+/=' };
    expect(artifactUrlOf(odd, 'us-east-1')).toBe('https://s3.us-east-1.amazonaws.com/a.b//%C3%BC%20b/c%2Bd?versionId=v%2B%2F%3D');
  });

  it('follows the pattern of the channel, if there is one', () => {
    const plan = planOn(otaTaskChannel({}, { artifactUrl: 'https://cdn.example/{key}' }), {
      artifacts: [{ ...artifact, fileLocation: { s3Location: location } }],
    });
    expect(JSON.parse(bodyOf(plan)).files[0].url).toBe('https://cdn.example/a/b.bin');
  });
});
