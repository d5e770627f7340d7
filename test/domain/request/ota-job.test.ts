import { describe, expect, it } from 'vitest';
import type { Artifact, Release } from '../../../domain/release/release.ts';
import { artifact, otaTaskChannel, otaUpdateChannel, planOn, refusals } from '../../../proof/support/fixtures.ts';

const refusal = ['INVALID_REQUEST files'];
const OTHER_OBJECT = ['$', '{aws:iot:s3-presigned-url:https://s3.us-east-1.amazonaws.com/secrets/key}'].join('');
const files = (count: number, changes: (index: number) => Partial<Artifact> = () => ({})): readonly Artifact[] =>
  Array.from({ length: count }, (_, index) => ({ ...artifact, fileName: `/f${index}`, ...changes(index) }));
const onIot = (artifacts: readonly Artifact[], template: object = {}, options: object = {}) =>
  planOn(otaUpdateChannel(template, options), { artifacts } as Partial<Release>);

describe('the stream behind an OTA update', () => {
  it.each([undefined, ['MQTT'], ['HTTP', 'MQTT']])('takes 50 files and not 51 with protocols %j', (protocols) => {
    expect(refusals(onIot(files(50), { protocols }))).toEqual([]);
    expect(refusals(onIot(files(51), { protocols }))).toEqual(refusal);
  });

  it('is not made for HTTP alone', () => {
    expect(refusals(onIot(files(51), { protocols: ['HTTP'] }))).toEqual([]);
  });

  it('is not made if the release names its own', () => {
    const { fileLocation: _location, sha256: _sha256, ...nowhere } = artifact;
    const streamed = Array.from({ length: 51 }, (_, fileId) => ({
      ...nowhere,
      fileName: `/f${fileId}`,
      fileLocation: { stream: { streamId: 's', fileId } },
    }));
    expect(refusals(onIot(streamed, {}, { unverified: ['stream'] }))).toEqual([]);
  });

  it('is not made either if only one of the files names its own', () => {
    const { fileLocation: _location, sha256: _sha256, ...nowhere } = artifact;
    const streamed = { ...nowhere, fileName: '/s', fileLocation: { stream: { streamId: 's', fileId: 0 } } };
    expect(refusals(onIot([...files(50), streamed], {}, { unverified: ['stream'] }))).toEqual([]);
  });

  it('is judged only if AWS takes the files and the protocols, whatever else is wrong', () => {
    expect(refusals(onIot(files(51), { protocols: ['MQTT', 'FTP'] }))).toEqual(['INVALID_REQUEST protocols[1]']);
    expect(refusals(onIot(files(51, () => ({ fileType: 999 }))))).toEqual(
      files(51).map((_, index) => `INVALID_REQUEST files[${index}].fileType`),
    );
    expect(refusals(onIot(files(51), { targetSelection: 'ALL' }))).toEqual(['INVALID_REQUEST targetSelection', ...refusal]);
  });

  it('does not limit a task of managed integrations', () => {
    expect(refusals(planOn(otaTaskChannel(), { artifacts: files(51) }))).toEqual([]);
  });
});

describe('the job document of an OTA update', () => {
  const named = (length: number): Artifact => ({ ...artifact, fileName: 'x'.repeat(length), sizeBytes: 1000 });
  /** The length that the rejection of a document names. */
  const lengthOf = (artifacts: readonly Artifact[], template: object = {}) => {
    const [rejection] = onIot(artifacts, template).rejections;
    return Number(rejection?.message.match(/at least (\d+) characters/)?.[1]);
  };
  /** The characters of a document around one file without a name. */
  const around = (template: object = {}, changes: Partial<Artifact> = {}) =>
    lengthOf([{ ...named(40_000), ...changes }], template) - 40_000;

  it('has at most 32768 characters', () => {
    const room = 32_768 - around();
    expect(refusals(onIot([named(room)]))).toEqual([]);
    expect(refusals(onIot([named(room + 1)]))).toEqual(refusal);
  });

  it.each<Partial<Artifact>>([
    { fileName: OTHER_OBJECT },
    { fileVersion: OTHER_OBJECT },
    { attributes: { url: OTHER_OBJECT } },
    { attributes: { [OTHER_OBJECT]: 'url' } },
    { codeSigning: { awsSignerJobId: OTHER_OBJECT } },
  ])('has no placeholder of a release, for which AWS would write the URL of any object that the role may read: %j', (changes) => {
    expect(refusals(onIot([{ ...artifact, ...changes }]))).toContain('INVALID_REQUEST files');
  });

  it('may have every other text with a dollar', () => {
    expect(refusals(onIot([{ ...artifact, attributes: { price: '$5 $ {x} $aws:{' } }]))).toEqual([]);
  });

  it('counts characters, not bytes, so that nothing is refused that AWS takes', () => {
    expect(refusals(onIot([{ ...artifact, fileName: '😀'.repeat(20_000) }]))).toEqual([]);
  });

  it('has the form that FreeRTOS devices read, with the shortest text for what only AWS knows', () => {
    const custom = { signature: { inlineDocument: 'QUJDRA==' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' } as const;
    const given = {
      ...artifact,
      fileType: 7,
      codeSigning: { customCodeSigning: { ...custom, certificateChain: { certificateName: '/c' } } },
    };
    const member = (sizes: string) =>
      `{"filepath":"","filesize":${sizes},"fileid":0,"certfile":"/c","fileType":7,"update_data_url":null,"auth_scheme":null,"sig-sha256-ecdsa":"QUJDRA=="}`;
    const document = (file: string) => `{"afr_ota":{"protocols":["MQTT"],"streamname":"AFR_OTA-${'u'.repeat(36)}","files":[${file}]}}`;
    expect(around({}, { ...given, fileName: 'x'.repeat(40_000), sizeBytes: 1000 })).toBe(document(member('1000')).length);
    expect(lengthOf([{ ...given, fileName: 'x'.repeat(40_000) }]) - 40_000).toBe(document(member('0')).length);
  });

  it('has the place of a presigned URL for HTTP, with bucket, key and version', () => {
    const key = (length: number) => ({ fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'ü'.repeat(length), version: 'v1' } } });
    const { codeSigning: _custom, ...unsigned } = named(40_000);
    const length = (template: object, changes: Partial<Artifact>) => {
      const plan = onIot([{ ...unsigned, ...changes }], template, { unsigned: 'allow' });
      return Number(plan.rejections[0]?.message.match(/at least (\d+)/)?.[1]) - 40_000;
    };
    const url = `\${aws:iot:s3-presigned-url:https://s3.us-east-1.amazonaws.com/acme-firmware/%C3%BC?versionId=v1}`;
    const file = `{"filepath":"","filesize":1000,"fileid":0,"certfile":null,"fileType":0,"update_data_url":"${url}","auth_scheme":"aws.s3.presigned","sig--":null}`;
    expect(length({ protocols: ['HTTP'] }, key(1))).toBe(`{"afr_ota":{"protocols":["HTTP"],"files":[${file}]}}`.length);
    expect(length({ protocols: ['HTTP'] }, key(101)) - length({ protocols: ['HTTP'] }, key(1))).toBe(600);
    const folders = (text: string) => ({ fileLocation: { s3Location: { bucket: 'acme-firmware', key: text, version: 'v1' } } });
    expect(length({ protocols: ['HTTP'] }, folders('a/b/c'))).toBe(length({ protocols: ['HTTP'] }, folders('abcde')));
    expect(length({ protocols: ['MQTT'] }, key(101))).toBe(length({ protocols: ['MQTT'] }, key(1)));
  });

  it('has a signature of unknown length, if AWS Signer makes it', () => {
    const { codeSigning: _custom, ...unsigned } = named(40_000);
    const signed = { files: [{ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme' } } }] };
    const signer = onIot([unsigned], signed).rejections[0]?.message.match(/at least (\d+)/)?.[1];
    const none = onIot([unsigned], {}, { unsigned: 'allow' }).rejections[0]?.message.match(/at least (\d+)/)?.[1];
    const byJob = { ...unsigned, codeSigning: { awsSignerJobId: 'job-1' } };
    expect(lengthOf([byJob])).toBe(Number(signer));
    expect(Number(signer) - Number(none)).toBe(`"sig-sha256-rsa":"${'x'.repeat(88)}"`.length - '"sig--":null'.length);
  });

  it('has the certificate of the device, which the release or the channel names', () => {
    const path = (length: number) => `/${'c'.repeat(length)}`;
    const custom = { signature: { inlineDocument: 'QUJDRA==' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' } as const;
    const ofRelease = (length: number) =>
      around({}, { codeSigning: { customCodeSigning: { ...custom, certificateChain: { certificateName: path(length) } } } });
    expect(ofRelease(109) - ofRelease(9)).toBe(100);
    const signing = (length: number) => ({
      signingProfileName: 'acme',
      signingProfileParameter: {
        certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/a',
        platform: 'x',
        certificatePathOnDevice: path(length),
      },
    });
    const { codeSigning: _custom, ...unsigned } = named(40_000);
    const ofChannel = (length: number) => lengthOf([unsigned], { files: [{ codeSigning: { startSigningJobParameter: signing(length) } }] });
    expect(ofChannel(109) - ofChannel(9)).toBe(100);
  });

  it('has the name of the stream that any of its files names', () => {
    const { fileLocation: _location, sha256: _sha256, ...nowhere } = named(40_000);
    const streamed = (streamId: string) => ({ ...nowhere, fileLocation: { stream: { streamId, fileId: 0 } } });
    const bySigner = { ...nowhere, fileName: '/signed', codeSigning: { awsSignerJobId: 'job-1' } };
    const length = (streamId: string) => {
      const plan = onIot([bySigner, streamed(streamId)], {}, { unverified: ['stream', 'signerJob'] });
      return Number(plan.rejections[0]?.message.match(/at least (\d+)/)?.[1]);
    };
    expect(length('s'.repeat(100)) - length('s')).toBe(99);
  });

  it('has no URL for a file whose place only its signing job knows', () => {
    const { fileLocation: _location, sha256: _sha256, ...nowhere } = artifact;
    const bySigner = { ...nowhere, codeSigning: { awsSignerJobId: 'job-1' } };
    expect(refusals(onIot([bySigner], { protocols: ['HTTP'] }, { unverified: ['signerJob'] }))).toEqual([]);
  });

  it('is too long for 40 files with long names and keys', () => {
    const many = files(40, (index) => ({
      fileName: `/${'n'.repeat(250)}${index}`,
      fileLocation: { s3Location: { bucket: 'acme-firmware', key: `${'k'.repeat(700)}${index}`, version: 'v1' } },
    }));
    expect(refusals(onIot(many, { protocols: ['HTTP'] }))).toEqual(refusal);
  });
});
