import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../domain/json/canonical.ts';
import type { Release } from '../../../domain/release/release.ts';
import { planRelease } from '../../../domain/request/plan.ts';
import { artifact, channelsOf, context, jobChannel, planOn, refusals, release, requestOf } from '../../../proof/support/fixtures.ts';

const location = { bucket: 'acme-firmware', key: 'a/b.bin', version: 'v1' };
const at = (change: object) => ({ fileLocation: { s3Location: { ...location, ...change } } });
const placeholder = (inside: string) => ['$', `{aws:iot:${inside}}`].join('');
const presigned = (url: string) => placeholder(`s3-presigned-url-v2:${url}`);
const custom = { signature: { inlineDocument: 'MEUCIQ==' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };
const other = { ...artifact, ...at({ key: 'c' }), fileName: 'c', sha256: 'c'.repeat(64), sizeBytes: 7 };

const textOf = (changes: Partial<Release>, options: object = {}): string =>
  String(requestOf(planOn(jobChannel({}, options), changes))['document']);
const documentOf = (changes: Partial<Release>, options: object = {}) => JSON.parse(textOf(changes, options));
const client = { format: 'device-client' };

describe('the document of a job for an agent of your own', () => {
  it('has the members of a task, with firmwareVersion in place of version, and a URL that pins the version', () => {
    const plan = planOn(jobChannel({}, { jobDocument: { schema: 3 } }), {
      artifacts: [{ ...artifact, ...at({}), fileType: 0, fileVersion: '2', sizeBytes: 5, attributes: { board: 'T6' } }],
    });
    expect(JSON.parse(String(requestOf(plan)['document']))).toEqual({
      operation: 'firmware-update',
      rolloutId: plan.rollouts[0]?.rolloutId,
      product: 'thermostat',
      firmwareVersion: '2.4.1',
      files: [
        {
          fileName: '/app.bin',
          fileType: 0,
          fileVersion: '2',
          ...location,
          url: presigned('https://acme-firmware.s3.us-east-1.amazonaws.com/a/b.bin%3FversionId%3Dv1'),
          sha256: artifact.sha256,
          sizeBytes: 5,
          attributes: { board: 'T6' },
          codeSigning: artifact.codeSigning,
        },
      ],
      schema: 3,
    });
  });

  it('has no text version at its top, which a Device Client would take for the version of its own schema', () => {
    expect(Object.keys(documentOf({}))).not.toContain('version');
  });

  it('may be for a bucket with a dot, which is then in the path', () => {
    const channels = { ...channelsOf({ beta: jobChannel() }), artifactBuckets: ['acme.firmware'] };
    const plan = planRelease({ ...release, artifacts: [{ ...artifact, ...at({ bucket: 'acme.firmware' }) }] }, channels, context);
    expect(JSON.parse(String(requestOf(plan)['document'])).files[0].url).toBe(
      presigned('https://s3.us-east-1.amazonaws.com/acme.firmware/a/b.bin%3FversionId%3Dv1'),
    );
  });
});

describe('the document of a job for the Device Client', () => {
  const step = (name: string, handler: string, args: readonly string[]) => ({
    action: { name, type: 'runHandler', input: { handler, args, path: 'default' }, runAsUser: 'root' },
  });

  it('downloads each file, and then installs all of them in one step that has their digests and sizes', () => {
    const document = documentOf({ artifacts: [{ ...artifact, ...at({}) }, other] }, client);
    expect(document).toMatchObject({
      version: '1.0',
      steps: [
        step('Download', 'download-file.sh', [
          presigned('https://acme-firmware.s3.us-east-1.amazonaws.com/a/b.bin%3FversionId%3Dv1'),
          '/var/lib/ota/0-app.bin',
        ]),
        step('Download', 'download-file.sh', [
          presigned('https://acme-firmware.s3.us-east-1.amazonaws.com/c%3FversionId%3Dv1'),
          '/var/lib/ota/1-c',
        ]),
        step('Install', 'install-firmware.sh', [
          '2.4.1',
          ...['/var/lib/ota/0-app.bin', String(artifact.sha256), '-'],
          ...['/var/lib/ota/1-c', 'c'.repeat(64), '7'],
        ]),
      ],
    });
    expect(Object.keys(document).sort()).toEqual(['otaDispatch', 'steps', 'version']);
  });

  it('names the rollout and its files, without URLs, which would count as placeholders', () => {
    const plan = planOn(jobChannel({}, client), { artifacts: [other] });
    const { otaDispatch } = JSON.parse(String(requestOf(plan)['document']));
    expect(otaDispatch).toEqual({
      rolloutId: plan.rollouts[0]?.rolloutId,
      product: 'thermostat',
      version: '2.4.1',
      files: [{ fileName: 'c', ...location, key: 'c', sha256: 'c'.repeat(64), sizeBytes: 7, codeSigning: artifact.codeSigning }],
    });
  });

  it('takes steps that follow from the channel', () => {
    const finalStep = step('Reboot', 'reboot.sh', []);
    expect(documentOf({}, { ...client, jobDocument: { finalStep, includeStdOut: 'true' } })).toMatchObject({
      finalStep,
      includeStdOut: 'true',
      version: '1.0',
    });
  });

  it.each([
    ['../../etc/passwd', 'k', '0-passwd'],
    ['/etc/a b;$(reboot)', 'k', '0-a_b___reboot_'],
    ['..', 'k', '0-..'],
    ['ü'.repeat(3), 'k', '0-___'],
    ['x'.repeat(150), 'k', `0-${'x'.repeat(100)}`],
    [undefined, 'camera/2.4.1/app.bin', '0-app.bin'],
    ['dir/', 'k', '0-'],
  ])('keeps what it downloads in one folder, whatever the release names it: %s', (fileName, key, expected) => {
    const { fileName: _own, ...unnamed } = artifact;
    const document = documentOf({ artifacts: [{ ...unnamed, ...at({ key }), ...(fileName === undefined ? {} : { fileName }) }] }, client);
    expect(document.steps[0].action.input.args[1]).toBe(`/var/lib/ota/${expected}`);
    expect(document.steps[1].action.input.args[1]).toBe(`/var/lib/ota/${expected}`);
  });

  it('has different places for two files of one name', () => {
    const places = documentOf({ artifacts: [artifact, { ...artifact, ...at({ key: 'd' }) }] }, client).steps.map(
      ({ action }: { action: { input: { args: string[] } } }) => action.input.args[1],
    );
    expect(new Set(places.slice(0, 2)).size).toBe(2);
  });

  it.each([
    ['without a URL of the channel', {}, ['UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.s3Location.bucket']],
    ['with a URL of the channel, which AWS does not presign', { artifactUrl: 'https://cdn.example.com/{key}' }, []],
  ])('and a bucket with a dot: %s', (_what, options, expected) => {
    const channels = { ...channelsOf({ beta: jobChannel({}, { ...client, ...options }) }), artifactBuckets: ['acme.firmware'] };
    const plan = planRelease({ ...release, artifacts: [{ ...artifact, ...at({ bucket: 'acme.firmware' }) }] }, channels, context);
    expect(refusals(plan)).toEqual(expected);
  });
});

describe.each(['plain', 'device-client'])('the document of a job in the form %s', (format) => {
  it('is canonical, and has the same bytes in any order of the members that it is made of', () => {
    const one = textOf(
      { artifacts: [{ ...artifact, attributes: { x: '1', y: '2' } }] },
      { format, jobDocument: { a: 1, b: { c: 2, d: 3 } } },
    );
    const same = textOf(
      { artifacts: [{ ...artifact, attributes: { y: '2', x: '1' } }] },
      { format, jobDocument: { b: { d: 3, c: 2 }, a: 1 } },
    );
    expect(one).toBe(same);
    expect(canonicalJson(JSON.parse(one))).toBe(one);
  });

  it('keeps the members of this service, even if nobody validated the channel', () => {
    const jobDocument = { operation: 'x', rolloutId: 'x', product: 'x', firmwareVersion: 'x', files: 'x', steps: 'x', otaDispatch: 'x' };
    const document = documentOf({}, { format, jobDocument });
    const own = format === 'plain' ? ['operation', 'rolloutId', 'product', 'firmwareVersion', 'files'] : ['steps', 'otaDispatch'];
    for (const member of own) expect(document[member]).not.toBe('x');
    if (format === 'device-client') expect(documentOf({}, { format, jobDocument: { version: '2' } }).version).toBe('1.0');
  });

  it.each([
    ['a blank and an umlaut', { key: 'a b/ü.bin' }, 'a%20b/%C3%BC.bin%3FversionId%3Dv1'],
    ['the end of a placeholder', { key: 'a}b' }, 'a%7Db%3FversionId%3Dv1'],
    ['marks that have a meaning in a URL', { key: "a?b#c+d'e" }, 'a%3Fb%23c%2Bd%27e%3FversionId%3Dv1'],
    ['a version with such marks', { version: 'v+/=}' }, 'a/b.bin%3FversionId%3Dv%2B%2F%3D%7D'],
  ])('has key and version percent-encoded once in its placeholder: %s', (_what, change, expected) => {
    const url = presigned(`https://acme-firmware.s3.us-east-1.amazonaws.com/${expected}`);
    expect(textOf({ artifacts: [{ ...artifact, ...at(change) }] }, { format })).toContain(JSON.stringify(url));
  });

  it('has the URL of the channel in place of the placeholder, if there is one', () => {
    const text = textOf({ artifacts: [{ ...artifact, ...at({}) }] }, { format, artifactUrl: 'https://cdn.example.com/{key}?v={version}' });
    expect(text).toContain('"https://cdn.example.com/a/b.bin?v=v1"');
    expect(text).not.toContain('aws:iot');
  });

  it.each([
    ['cn-north-1', 'https://acme-firmware.s3.cn-north-1.amazonaws.com.cn/'],
    ['us-gov-west-1', 'https://acme-firmware.s3.us-gov-west-1.amazonaws.com/'],
  ])('has the DNS suffix of the partition of %s', (region, expected) => {
    const plan = planRelease(release, channelsOf({ beta: jobChannel({}, { format }) }), {
      ...context,
      place: { ...context.place, region },
    });
    expect(JSON.stringify(plan)).toContain(expected);
  });

  it('has at most 10 placeholders, those of the channel included', () => {
    const own = (count: number) => ({ format, jobDocument: { own: Array.from({ length: count }, () => placeholder('x')) } });
    const artifacts = (count: number) => ({
      artifacts: Array.from({ length: count }, (_, index) => ({ ...artifact, ...at({ key: `${index}` }) })),
    });
    const refused = (ofChannel: number, ofRelease: number) => refusals(planOn(jobChannel({}, own(ofChannel)), artifacts(ofRelease)));
    expect([refused(8, 2), refused(9, 2), refused(0, 10), refused(0, 11)]).toEqual([
      [],
      ['INVALID_REQUEST document'],
      [],
      ['INVALID_REQUEST document'],
    ]);
  });

  it('has at most 32768 bytes in UTF-8', () => {
    const lengthOf = (text: string) => Buffer.byteLength(textOf({}, { format, jobDocument: { text } }));
    const room = 32_768 - lengthOf('');
    const most = `${'ü'.repeat(Math.floor(room / 2))}${'x'.repeat(room % 2)}`;
    expect(lengthOf(most)).toBe(32_768);
    expect(refusals(planOn(jobChannel({}, { format, jobDocument: { text: `${most}x` } })))).toEqual(['INVALID_REQUEST document']);
  });

  it.each([
    ['a name', { fileName: placeholder('s3-presigned-url:https://s3.amazonaws.com/secrets/k') }],
    ['an attribute', { attributes: { a: placeholder('x') } }],
    ['the name of an attribute', { attributes: { [placeholder('x')]: 'a' } }],
    ['a key', at({ key: placeholder('x') })],
    ['a file version', { fileVersion: placeholder('x') }],
    ['a pattern of AWS that does not exist yet', { fileVersion: ['$', '{aws:new:x}'].join('') }],
    ['a placeholder that is not closed', { fileVersion: ['$', '{aws:iot:x'].join('') }],
    ['a certificate', { codeSigning: { customCodeSigning: { ...custom, certificateChain: { inlineDocument: placeholder('x') } } } }],
  ])('takes no placeholder from a release, in %s', (_what, change) => {
    const plan = planOn(jobChannel({}, { format }), { artifacts: [{ ...artifact, ...change }] });
    expect(refusals(plan)).toContain('INVALID_REQUEST document');
  });
});
