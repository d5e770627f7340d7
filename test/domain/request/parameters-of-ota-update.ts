/**
 * Every parameter of CreateOTAUpdate, where it comes from and which values are refused. The table in
 * docs/reference/parameters.md has the same names.
 */
import { accountId, artifact, group, region, roleArn, thing } from '../../../proof/support/fixtures.ts';

export type ParameterCase = {
  readonly parameter: string;
  readonly says: string;
  /** Members of the release, beside those of the fixture. */
  readonly release?: object;
  /** Members of its one artifact, beside those of the fixture. A member that is undefined is removed. */
  readonly artifact?: object;
  /** Members of the template, beside those of the fixture. A member that is undefined is removed. */
  readonly template?: object;
  /** Options of the channel. */
  readonly options?: object;
  /** The value of the parameter in the request. `[]` is the first item. */
  readonly gives?: unknown;
  /** The first rejection: `CODE path`. */
  readonly refuses?: string;
  /** The violation of the template: its path below the channel. */
  readonly breaks?: string;
};

const rate = (change: object) => ({
  awsJobExecutionsRolloutConfig: {
    exponentialRate: { baseRatePerMinute: 10, incrementFactor: 2, rateIncreaseCriteria: { numberOfSucceededThings: 50 }, ...change },
  },
});
const abort = (change: object) => ({
  awsJobAbortConfig: {
    abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 5, minNumberOfExecutedThings: 20, ...change }],
  },
});
const files = (...entries: object[]) => ({ files: entries });
const start = (change: object) => files({ codeSigning: { startSigningJobParameter: { signingProfileName: 'acme_t6', ...change } } });
const custom = (change: object) => ({
  codeSigning: {
    customCodeSigning: { signature: { inlineDocument: 'MEUCIQ==' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA', ...change },
  },
});
const s3 = artifact.fileLocation?.s3Location;
const stream = { stream: { streamId: 'fw-1', fileId: 3 } };
const streamed = { fileLocation: stream, sha256: undefined };
const fromRelease = { targetsFromRelease: [`arn:aws:iot:${region}:${accountId}:thing/lab-*`] };
const inSigning = 'files[].codeSigning';
const inStart = `${inSigning}.startSigningJobParameter`;
const inCustom = `${inSigning}.customCodeSigning`;
const exponential = 'awsJobExecutionsRolloutConfig.exponentialRate';
const criteria = 'awsJobAbortConfig.abortCriteriaList[]';
const inTemplate = (path: string) => `createOTAUpdate.${path}`;

// biome-ignore format: a table is read by its rows
export const otaUpdateParameters: readonly ParameterCase[] = [
  { parameter: 'otaUpdateId', says: 'consists of rolloutId and attempt', gives: /^fw-thermostat-2-4-1-[0-9a-f]{32}-1$/ },
  { parameter: 'otaUpdateId', says: 'is refused in a template', template: { otaUpdateId: 'mine' }, breaks: inTemplate('otaUpdateId') },

  { parameter: 'description', says: 'is absent if nobody gives one', gives: undefined },
  { parameter: 'description', says: "is the unchanged one of the release", release: { description: 'v2.4.1: größer' }, gives: 'v2.4.1: größer' },
  { parameter: 'description', says: "is the channel's if both give one", release: { description: 'a' }, template: { description: 'b' }, gives: 'b' },
  { parameter: 'description', says: 'has at most 2028 characters', release: { description: 'x'.repeat(2029) }, refuses: 'INVALID_REQUEST description' },
  { parameter: 'description', says: 'can have 2028 characters', release: { description: '😀'.repeat(2028) }, gives: '😀'.repeat(2028) },
  { parameter: 'description', says: 'has no control characters', template: { description: 'a\nb' }, breaks: inTemplate('description') },
  { parameter: 'description', says: 'has no line breaks', release: { description: 'a\nb' }, refuses: 'INVALID_REQUEST description' },
  { parameter: 'description', says: 'has no invisible characters', release: { description: 'a\u200db' }, refuses: 'INVALID_REQUEST description' },

  { parameter: 'targets', says: 'are those of the channel', gives: [group] },
  { parameter: 'targets', says: 'are those of the release if the channel permits them', release: { targets: [thing('lab-7')] }, options: fromRelease, gives: [thing('lab-7')] },
  { parameter: 'targets', says: 'of a release are a set', release: { targets: [thing('lab-7'), thing('lab-1'), thing('lab-7')] }, options: fromRelease, gives: [thing('lab-1'), thing('lab-7')] },
  { parameter: 'targets', says: 'of a release are refused unless permitted', release: { targets: [thing('lab-7')] }, refuses: 'TARGET_NOT_ALLOWED targets[0]' },
  { parameter: 'targets', says: 'of a release must match a glob', release: { targets: [thing('lab-7'), thing('prod-1')] }, options: fromRelease, refuses: 'TARGET_NOT_ALLOWED targets[1]' },
  { parameter: 'targets', says: 'is required from the channel or the release', template: { targets: undefined }, options: fromRelease, refuses: 'INVALID_RELEASE targets' },
  { parameter: 'targets', says: 'is required unless a release can give it', template: { targets: undefined }, breaks: inTemplate('targets') },
  { parameter: 'targets', says: 'are at most 100', release: { targets: Array.from({ length: 101 }, (_, index) => thing(`lab-${index}`)) }, options: fromRelease, refuses: 'TOO_MANY_TARGETS targets' },
  { parameter: 'targets', says: 'are at most 100 in a template', template: { targets: Array.from({ length: 101 }, (_, index) => thing(`lab-${index}`)) }, breaks: inTemplate('targets') },
  { parameter: 'targets', says: 'are ARNs of things and groups', template: { targets: ['thermostat-beta'] }, breaks: inTemplate('targets[0]') },

  { parameter: 'protocols', says: "are the channel's", template: { protocols: ['HTTP', 'MQTT'] }, gives: ['HTTP', 'MQTT'] },
  { parameter: 'protocols', says: 'are MQTT and HTTP', template: { protocols: ['FTP'] }, breaks: inTemplate('protocols[0]') },
  { parameter: 'protocols', says: 'are not none', template: { protocols: [] }, breaks: inTemplate('protocols') },

  { parameter: 'targetSelection', says: "is the channel's", template: { targetSelection: 'CONTINUOUS' }, gives: 'CONTINUOUS' },
  { parameter: 'targetSelection', says: 'is one of two words', template: { targetSelection: 'continuous' }, breaks: inTemplate('targetSelection') },

  { parameter: 'awsJobExecutionsRolloutConfig.maximumPerMinute', says: "is the channel's", template: { awsJobExecutionsRolloutConfig: { maximumPerMinute: 1000 } }, gives: 1000 },
  { parameter: 'awsJobExecutionsRolloutConfig.maximumPerMinute', says: 'is at least 1', template: { awsJobExecutionsRolloutConfig: { maximumPerMinute: 0 } }, breaks: inTemplate('awsJobExecutionsRolloutConfig.maximumPerMinute') },
  { parameter: 'awsJobExecutionsRolloutConfig.maximumPerMinute', says: 'is at most 1000', template: { awsJobExecutionsRolloutConfig: { maximumPerMinute: 1001 } }, breaks: inTemplate('awsJobExecutionsRolloutConfig.maximumPerMinute') },
  { parameter: `${exponential}.baseRatePerMinute`, says: "is the channel's", template: rate({ baseRatePerMinute: 1000 }), gives: 1000 },
  { parameter: `${exponential}.baseRatePerMinute`, says: 'is 1 to 1000', template: rate({ baseRatePerMinute: 1001 }), breaks: inTemplate(`${exponential}.baseRatePerMinute`) },
  { parameter: `${exponential}.baseRatePerMinute`, says: 'is required', template: rate({ baseRatePerMinute: undefined }), breaks: inTemplate(`${exponential}.baseRatePerMinute`) },
  { parameter: `${exponential}.incrementFactor`, says: "is the channel's", template: rate({ incrementFactor: 1.1 }), gives: 1.1 },
  { parameter: `${exponential}.incrementFactor`, says: 'is at most 5', template: rate({ incrementFactor: 5.1 }), breaks: inTemplate(`${exponential}.incrementFactor`) },
  { parameter: `${exponential}.incrementFactor`, says: 'is at least 1.1', template: rate({ incrementFactor: 1 }), breaks: inTemplate(`${exponential}.incrementFactor`) },
  { parameter: `${exponential}.incrementFactor`, says: 'has one decimal', template: rate({ incrementFactor: 1.25 }), breaks: inTemplate(`${exponential}.incrementFactor`) },
  { parameter: `${exponential}.rateIncreaseCriteria.numberOfNotifiedThings`, says: "is the channel's", template: rate({ rateIncreaseCriteria: { numberOfNotifiedThings: 1 } }), gives: 1 },
  { parameter: `${exponential}.rateIncreaseCriteria.numberOfNotifiedThings`, says: 'is at least 1', template: rate({ rateIncreaseCriteria: { numberOfNotifiedThings: 0 } }), breaks: inTemplate(`${exponential}.rateIncreaseCriteria.numberOfNotifiedThings`) },
  { parameter: `${exponential}.rateIncreaseCriteria.numberOfSucceededThings`, says: "is the channel's", template: rate({}), gives: 50 },
  { parameter: `${exponential}.rateIncreaseCriteria.numberOfSucceededThings`, says: 'is a whole number', template: rate({ rateIncreaseCriteria: { numberOfSucceededThings: 1.5 } }), breaks: inTemplate(`${exponential}.rateIncreaseCriteria.numberOfSucceededThings`) },

  { parameter: 'awsJobPresignedUrlConfig.expiresInSec', says: "is the channel's", template: { awsJobPresignedUrlConfig: { expiresInSec: 3600 } }, gives: 3600 },
  { parameter: 'awsJobPresignedUrlConfig.expiresInSec', says: 'is at least 60', template: { awsJobPresignedUrlConfig: { expiresInSec: 59 } }, breaks: inTemplate('awsJobPresignedUrlConfig.expiresInSec') },
  { parameter: 'awsJobPresignedUrlConfig.expiresInSec', says: 'is at most 3600', template: { awsJobPresignedUrlConfig: { expiresInSec: 3601 } }, breaks: inTemplate('awsJobPresignedUrlConfig.expiresInSec') },

  { parameter: `${criteria}.failureType`, says: "is the channel's", template: abort({ failureType: 'REJECTED' }), gives: 'REJECTED' },
  { parameter: `${criteria}.failureType`, says: 'is ALL where the channel names no criteria', gives: 'ALL' },
  { parameter: `${criteria}.failureType`, says: 'is absent if the channel is unguarded', options: { unguarded: 'allow' }, gives: undefined },
  { parameter: `${criteria}.failureType`, says: 'is a known word', template: abort({ failureType: 'ANY' }), breaks: inTemplate('awsJobAbortConfig.abortCriteriaList[0].failureType') },
  { parameter: `${criteria}.action`, says: 'is CANCEL by default', gives: 'CANCEL' },
  { parameter: `${criteria}.action`, says: 'is CANCEL and nothing else', template: abort({ action: 'STOP' }), breaks: inTemplate('awsJobAbortConfig.abortCriteriaList[0].action') },
  { parameter: `${criteria}.thresholdPercentage`, says: "is the channel's", template: abort({ thresholdPercentage: 10.99 }), gives: 10.99 },
  { parameter: `${criteria}.thresholdPercentage`, says: 'is 20 by default', gives: 20 },
  { parameter: `${criteria}.thresholdPercentage`, says: 'has two decimals', template: abort({ thresholdPercentage: 10.999 }), breaks: inTemplate('awsJobAbortConfig.abortCriteriaList[0].thresholdPercentage') },
  { parameter: `${criteria}.thresholdPercentage`, says: 'is at most 100', template: abort({ thresholdPercentage: 100.01 }), breaks: inTemplate('awsJobAbortConfig.abortCriteriaList[0].thresholdPercentage') },
  { parameter: `${criteria}.thresholdPercentage`, says: 'is not negative', template: abort({ thresholdPercentage: -1 }), breaks: inTemplate('awsJobAbortConfig.abortCriteriaList[0].thresholdPercentage') },
  { parameter: `${criteria}.minNumberOfExecutedThings`, says: "is the channel's", template: abort({ minNumberOfExecutedThings: 1 }), gives: 1 },
  { parameter: `${criteria}.minNumberOfExecutedThings`, says: 'is 10 by default', gives: 10 },
  { parameter: `${criteria}.minNumberOfExecutedThings`, says: 'is at least 1', template: abort({ minNumberOfExecutedThings: 0 }), breaks: inTemplate('awsJobAbortConfig.abortCriteriaList[0].minNumberOfExecutedThings') },

  { parameter: 'awsJobTimeoutConfig.inProgressTimeoutInMinutes', says: "is the channel's", template: { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 10_080 } }, gives: 10_080 },
  { parameter: 'awsJobTimeoutConfig.inProgressTimeoutInMinutes', says: 'is a day by default', gives: 1440 },
  { parameter: 'awsJobTimeoutConfig.inProgressTimeoutInMinutes', says: 'is a day if the structure is empty', template: { awsJobTimeoutConfig: {} }, gives: 1440 },
  { parameter: 'awsJobTimeoutConfig.inProgressTimeoutInMinutes', says: 'is absent if the channel is unguarded', options: { unguarded: 'allow' }, gives: undefined },
  { parameter: 'awsJobTimeoutConfig.inProgressTimeoutInMinutes', says: 'is at least 1', template: { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 0 } }, breaks: inTemplate('awsJobTimeoutConfig.inProgressTimeoutInMinutes') },
  { parameter: 'awsJobTimeoutConfig.inProgressTimeoutInMinutes', says: 'is at most 10080', template: { awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 10_081 } }, breaks: inTemplate('awsJobTimeoutConfig.inProgressTimeoutInMinutes') },

  { parameter: 'files[].fileName', says: "is the artifact's", gives: '/app.bin' },
  { parameter: 'files[].fileName', says: 'of the channel selects an artifact', template: files({ fileName: '/app.bin', fileType: 7 }), gives: '/app.bin' },
  { parameter: 'files[].fileName', says: 'of the channel is unique', template: files({ fileName: '/a' }, { fileName: '/a' }), breaks: inTemplate('files[1].fileName') },
  { parameter: 'files[].fileName', says: 'is absent in at most one entry', template: files({ fileType: 1 }, { fileType: 2 }), breaks: inTemplate('files[1]') },
  { parameter: 'files[].fileType', says: "is the artifact's", artifact: { fileType: 0 }, gives: 0 },
  { parameter: 'files[].fileType', says: "is the channel's if both give one", artifact: { fileType: 1 }, template: files({ fileType: 0 }), gives: 0 },
  { parameter: 'files[].fileType', says: 'is that of the entry with the name', artifact: { fileType: 1 }, template: files({ fileName: '/app.bin', fileType: 3 }, { fileType: 2 }), gives: 3 },
  { parameter: 'files[].fileType', says: 'is not that of an entry with another name', artifact: { fileType: 1 }, template: files({ fileName: '/other.bin', fileType: 3 }), gives: 1 },
  { parameter: 'files[].fileType', says: 'is at most 255', artifact: { fileType: 256 }, refuses: 'INVALID_REQUEST files[0].fileType' },
  { parameter: 'files[].fileType', says: 'is at most 255 in a template', template: files({ fileType: 256 }), breaks: inTemplate('files[0].fileType') },
  { parameter: 'files[].fileVersion', says: "is the artifact's", artifact: { fileVersion: '2.4.1' }, gives: '2.4.1' },
  { parameter: 'files[].fileVersion', says: "is the channel's if both give one", artifact: { fileVersion: '1' }, template: files({ fileVersion: '2' }), gives: '2' },
  { parameter: 'files[].fileLocation.stream.streamId', says: "is the artifact's, if the channel exempts streams", artifact: streamed, options: { unverified: ['stream'] }, gives: 'fw-1' },
  { parameter: 'files[].fileLocation.stream.streamId', says: 'is rejected unless the channel exempts streams', artifact: streamed, refuses: 'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation' },
  { parameter: 'files[].fileLocation.stream.streamId', says: 'is rejected if the channel exempts signing jobs only', artifact: streamed, options: { unverified: ['signerJob'] }, refuses: 'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation' },
  { parameter: 'files[].fileLocation.stream.streamId', says: 'is letters, digits, - and _', artifact: { ...streamed, fileLocation: { stream: { streamId: 'a.b' } } }, options: { unverified: ['stream'] }, refuses: 'INVALID_REQUEST files[0].fileLocation.stream.streamId' },
  { parameter: 'files[].fileLocation.stream.streamId', says: 'is refused in a template', template: files({ fileLocation: stream }), breaks: inTemplate('files[0].fileLocation') },
  { parameter: 'files[].fileLocation.stream.fileId', says: "is the artifact's", artifact: streamed, options: { unverified: ['stream'] }, gives: 3 },
  { parameter: 'files[].fileLocation.stream.fileId', says: 'is at most 255', artifact: { ...streamed, fileLocation: { stream: { streamId: 'a', fileId: 256 } } }, options: { unverified: ['stream'] }, refuses: 'INVALID_REQUEST files[0].fileLocation.stream.fileId' },
  { parameter: 'files[].fileLocation.s3Location.bucket', says: "is the artifact's", gives: s3?.bucket },
  { parameter: 'files[].fileLocation.s3Location.bucket', says: 'is one of artifactBuckets', artifact: { fileLocation: { s3Location: { ...s3, bucket: 'elsewhere' } } }, refuses: 'BUCKET_NOT_ALLOWED artifacts[0].fileLocation.s3Location.bucket' },
  { parameter: 'files[].fileLocation.s3Location.key', says: "is the artifact's", gives: s3?.key },
  { parameter: 'files[].fileLocation.s3Location.version', says: "is the artifact's", gives: s3?.version },

  { parameter: `${inSigning}.awsSignerJobId`, says: "is the artifact's", artifact: { codeSigning: { awsSignerJobId: 'job-1' } }, gives: 'job-1' },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'can replace the location, if the channel exempts signing jobs', artifact: { fileLocation: undefined, sha256: undefined, codeSigning: { awsSignerJobId: 'job-1' } }, options: { unverified: ['signerJob'] }, gives: 'job-1' },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'without a location is rejected unless the channel exempts signing jobs', artifact: { fileLocation: undefined, sha256: undefined, codeSigning: { awsSignerJobId: 'job-1' } }, refuses: 'ARTIFACT_NOT_VERIFIABLE artifacts[0].fileLocation' },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'that replaces the location does not go with a channel that signs', artifact: { fileLocation: undefined, sha256: undefined, codeSigning: { awsSignerJobId: 'job-1' } }, template: start({}), options: { unverified: ['signerJob'] }, refuses: 'INVALID_SIGNING artifacts[0].codeSigning' },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'is absent if the channel signs', artifact: { codeSigning: { awsSignerJobId: 'job-1' } }, template: start({}), gives: undefined },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'is required unless the file is signed in another way', artifact: { codeSigning: undefined }, refuses: 'UNSIGNED_ARTIFACT artifacts[0].codeSigning' },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'may be absent if the channel permits unsigned files', artifact: { codeSigning: undefined }, options: { unsigned: 'allow' }, gives: undefined },
  { parameter: `${inSigning}.awsSignerJobId`, says: 'is refused in a template, because it belongs to one binary', template: files({ codeSigning: { awsSignerJobId: 'a' } }), breaks: inTemplate('files[0].codeSigning.awsSignerJobId') },
  { parameter: `${inStart}.signingProfileParameter.certificateArn`, says: "is the channel's", template: start({ signingProfileParameter: { certificateArn: 'arn:aws:acm:…' } }), gives: 'arn:aws:acm:…' },
  { parameter: `${inStart}.signingProfileParameter.platform`, says: "is the channel's", template: start({ signingProfileParameter: { platform: 'AmazonFreeRTOS-Default' } }), gives: 'AmazonFreeRTOS-Default' },
  { parameter: `${inStart}.signingProfileParameter.certificatePathOnDevice`, says: "is the channel's", template: start({ signingProfileParameter: { certificatePathOnDevice: '/cert.pem' } }), gives: '/cert.pem' },
  { parameter: `${inStart}.signingProfileName`, says: "is the channel's, for every artifact", template: start({}), gives: 'acme_t6' },
  { parameter: `${inStart}.signingProfileName`, says: 'has no hyphen', template: start({ signingProfileName: 'acme-t6' }), breaks: inTemplate('files[0].codeSigning.startSigningJobParameter.signingProfileName') },
  { parameter: `${inStart}.signingProfileName`, says: 'has at least 2 characters', template: start({ signingProfileName: 'a' }), breaks: inTemplate('files[0].codeSigning.startSigningJobParameter.signingProfileName') },
  { parameter: `${inStart}.signingProfileName`, says: 'is required', template: start({ signingProfileName: undefined }), breaks: inTemplate('files[0].codeSigning.startSigningJobParameter.signingProfileName') },
  { parameter: `${inStart}.signingProfileName`, says: 'does not go with a stream', artifact: streamed, template: start({}), options: { unverified: ['stream'] }, refuses: 'INVALID_REQUEST files[0].codeSigning.startSigningJobParameter' },
  { parameter: `${inStart}.destination.s3Destination.bucket`, says: "is the channel's", template: start({ destination: { s3Destination: { bucket: 'signed' } } }), gives: 'signed' },
  { parameter: `${inStart}.destination.s3Destination.bucket`, says: 'is not empty', template: start({ destination: { s3Destination: { bucket: '' } } }), breaks: inTemplate('files[0].codeSigning.startSigningJobParameter.destination.s3Destination.bucket') },
  { parameter: `${inStart}.destination.s3Destination.prefix`, says: "is the channel's", template: start({ destination: { s3Destination: { prefix: 'ota/' } } }), gives: 'ota/' },
  { parameter: `${inCustom}.signature.inlineDocument`, says: "is the base64 of the artifact's base64 text, which devices decode", gives: btoa('MEUCIQ==') },
  { parameter: `${inCustom}.signature.inlineDocument`, says: 'is refused in a template, because it belongs to one binary', template: files(custom({})), breaks: inTemplate('files[0].codeSigning.customCodeSigning') },
  { parameter: `${inCustom}.signature.inlineDocument`, says: 'is absent if the channel signs', template: start({}), gives: undefined },
  { parameter: `${inCustom}.signature.inlineDocument`, says: 'is not empty', artifact: custom({ signature: { inlineDocument: '' } }), refuses: 'UNSIGNED_ARTIFACT artifacts[0].codeSigning' },
  { parameter: `${inCustom}.certificateChain.certificateName`, says: "is the artifact's", gives: '/cert.pem' },
  { parameter: `${inCustom}.certificateChain.inlineDocument`, says: "is the artifact's", artifact: custom({ certificateChain: { inlineDocument: '-----BEGIN' } }), gives: '-----BEGIN' },
  { parameter: `${inCustom}.certificateChain.inlineDocument`, says: 'is refused in a template, even without a signature', template: files({ codeSigning: { customCodeSigning: { certificateChain: { inlineDocument: '-----BEGIN' } } } }), breaks: inTemplate('files[0].codeSigning.customCodeSigning') },
  { parameter: `${inCustom}.hashAlgorithm`, says: "is the artifact's", gives: 'SHA256' },
  { parameter: `${inCustom}.hashAlgorithm`, says: 'is SHA1 or SHA256', artifact: custom({ hashAlgorithm: 'SHA-256' }), refuses: 'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.hashAlgorithm' },
  { parameter: `${inCustom}.hashAlgorithm`, says: 'may be in lower case, and is sent as it is', artifact: custom({ hashAlgorithm: 'sha256' }), gives: 'sha256' },
  { parameter: `${inCustom}.hashAlgorithm`, says: 'is any name if the channel permits any', artifact: custom({ hashAlgorithm: 'SHA384' }), options: { algorithms: 'any' }, gives: 'SHA384' },
  { parameter: `${inCustom}.hashAlgorithm`, says: 'does not matter if the channel signs', artifact: custom({ hashAlgorithm: 'SHA384' }), template: start({}), gives: undefined },
  { parameter: `${inCustom}.signatureAlgorithm`, says: "is the artifact's", gives: 'ECDSA' },
  { parameter: `${inCustom}.signatureAlgorithm`, says: 'is ECDSA or RSA', artifact: custom({ signatureAlgorithm: 'Ed25519' }), refuses: 'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.signatureAlgorithm' },
  { parameter: `${inCustom}.signatureAlgorithm`, says: 'may be in lower case, and is sent as it is', artifact: custom({ signatureAlgorithm: 'ecdsa' }), gives: 'ecdsa' },
  { parameter: `${inCustom}.signatureAlgorithm`, says: 'is any name if the channel permits any', artifact: custom({ signatureAlgorithm: 'Ed25519' }), options: { algorithms: 'any' }, gives: 'Ed25519' },
  { parameter: 'files[].attributes', says: "are the artifact's", artifact: { attributes: { board: 'T6' } }, gives: { board: 'T6' } },
  {
    parameter: 'files[].attributes',
    says: 'are merged from the release, the unnamed and the named entry',
    artifact: { attributes: { a: 'release', b: 'release', c: 'release' } },
    template: files({ fileName: '/app.bin', attributes: { c: 'named' } }, { attributes: { b: 'unnamed', c: 'unnamed' } }),
    gives: { a: 'release', b: 'unnamed', c: 'named' },
  },
  { parameter: 'files[].attributes', says: 'have values of at most 4096 characters', artifact: { attributes: { a: 'x'.repeat(4097) } }, refuses: 'INVALID_REQUEST files[0].attributes.a' },

  { parameter: 'roleArn', says: "is the channel's", gives: roleArn },
  { parameter: 'roleArn', says: 'is required', template: { roleArn: undefined }, breaks: inTemplate('roleArn') },
  { parameter: 'roleArn', says: 'is the ARN of a role', template: { roleArn: `arn:aws:iam::${accountId}:user/x` }, breaks: inTemplate('roleArn') },

  { parameter: 'additionalParameters', says: "are the channel's and those of the service", template: { additionalParameters: { team: 'heat' } }, gives: { team: 'heat' } },
  { parameter: 'additionalParameters', says: 'of the service are refused in a template', template: { additionalParameters: { 'ota-dispatch.rolloutId': 'x' } }, breaks: inTemplate('additionalParameters["ota-dispatch.rolloutId"]') },
  { parameter: 'additionalParameters', says: 'have values of at most 4096 characters', template: { additionalParameters: { a: 'x'.repeat(4097) } }, breaks: inTemplate('additionalParameters.a') },

  { parameter: 'tags', says: 'are absent if nobody gives one', gives: undefined },
  { parameter: 'tags', says: 'are those of release and channel in the order of their keys, and the channel wins', release: { tags: { ci: '8812', b: 'release' } }, template: { tags: [{ Key: 'b', Value: 'channel' }, { Key: 'a' }] }, gives: [{ Key: 'a' }, { Key: 'b', Value: 'channel' }, { Key: 'ci', Value: '8812' }] },
  { parameter: 'tags', says: 'are at most 50', release: { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ''])) }, refuses: 'INVALID_REQUEST tags' },
  { parameter: 'tags', says: 'can be 50', release: { tags: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index + 10}`, ''])) }, gives: Array.from({ length: 50 }, (_, index) => ({ Key: `k${index + 10}`, Value: '' })) },
  { parameter: 'tags', says: 'have keys of letters, digits, blanks and _.:/=+-@', release: { tags: { 'a#b': '' } }, refuses: 'INVALID_REQUEST tags[0].Key' },
  { parameter: 'tags', says: 'do not begin with aws:', template: { tags: [{ Key: 'AWS:x' }] }, breaks: inTemplate('tags[0].Key') },
  { parameter: 'tags', says: 'have each key once', template: { tags: [{ Key: 'a' }, { Key: 'a' }] }, breaks: inTemplate('tags[1].Key') },
  { parameter: 'tags', says: 'of the service are refused in a template', template: { tags: [{ Key: 'ota-dispatch.rolloutId' }] }, breaks: inTemplate('tags[0].Key') },

  { parameter: 'startAt', says: 'is rejected, because CreateOTAUpdate does not support it', release: { startAt: '2026-12-01T00:00:00Z' }, refuses: 'UNSUPPORTED_BY_SERVICE startAt' },
  { parameter: 'endAt', says: 'is rejected, because CreateOTAUpdate does not support it', release: { endAt: '2026-12-01T00:00:00Z' }, refuses: 'UNSUPPORTED_BY_SERVICE endAt' },
  { parameter: 'artifacts[].jobDocument', says: 'is rejected, because CreateOTAUpdate does not support it', artifact: { jobDocument: true }, refuses: 'UNSUPPORTED_BY_SERVICE artifacts[0].jobDocument' },
  { parameter: 'artifacts[].sizeBytes', says: 'may be 16 MiB', artifact: { sizeBytes: 16_777_216 }, gives: undefined },
  { parameter: 'artifacts[].sizeBytes', says: 'is at most 16 MiB', artifact: { sizeBytes: 16_777_217 }, refuses: 'ARTIFACT_TOO_LARGE artifacts[0].sizeBytes' },
];
