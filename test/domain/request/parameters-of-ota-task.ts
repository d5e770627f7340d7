/** Every parameter of CreateOtaTask. The table in docs/reference/parameters.md has the same names. */
import { artifact, managedThing } from '../../../proof/support/fixtures.ts';
import type { ParameterCase } from './parameters-of-ota-update.ts';

const once = { OtaType: 'ONE_TIME', OtaTargetQueryString: undefined, Target: [managedThing('a')] };
const fromRelease = { targetsFromRelease: [managedThing('lab-*')] };
const scheduled = { scheduleFromRelease: 'allow' };
const window = (change: object) => ({
  OtaSchedulingConfig: { MaintenanceWindows: [{ DurationInMinutes: 60, StartTime: 'cron(0 1 * * ? *)', ...change }] },
});
const retry = (change: object) => ({
  OtaTaskExecutionRetryConfig: { RetryConfigCriteria: [{ FailureType: 'ALL', MinNumberOfRetries: 2, ...change }] },
});
const ownSignature = (hashAlgorithm: string) => ({
  codeSigning: { customCodeSigning: { signature: { inlineDocument: 'MEUCIQ==' }, hashAlgorithm, signatureAlgorithm: 'ECDSA' } },
});
const inTemplate = (path: string) => `createOtaTask.${path}`;
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '']));

// biome-ignore format: a table is read by its rows
export const otaTaskParameters: readonly ParameterCase[] = [
  { parameter: 'Description', says: 'is absent if nobody gives one', gives: undefined },
  { parameter: 'Description', says: "is the readable form of the one of the release", release: { description: 'v1.2.3: größer!' }, gives: 'v1-2-3 grosser' },
  { parameter: 'Description', says: 'has one line, even if the one of the release has several', release: { description: 'Fixes:\n- heating' }, gives: 'Fixes - heating' },
  { parameter: 'Description', says: "is the channel's if both give one", release: { description: 'a' }, template: { Description: 'b' }, gives: 'b' },
  { parameter: 'Description', says: 'is absent if no readable character is left', release: { description: '¡¿!' }, gives: undefined },
  { parameter: 'Description', says: 'has no dots in a template', template: { Description: 'v1.2' }, breaks: inTemplate('Description') },
  { parameter: 'Description', says: 'has at most 256 characters in a template', template: { Description: 'x'.repeat(257) }, breaks: inTemplate('Description') },

  { parameter: 'S3Url', says: 'points to the job document, whose key is its digest', gives: /^s3:\/\/ota-dispatch-local-documents-000000000000-us-east-1\/job-documents\/[0-9a-f]{64}\.json$/ },
  { parameter: 'S3Url', says: 'is refused in a template', template: { S3Url: 's3://a/b' }, breaks: inTemplate('S3Url') },
  { parameter: 'S3Url', says: 'points to a document of at most 32768 characters', artifact: { attributes: { a: 'x'.repeat(32_768) } }, refuses: 'INVALID_REQUEST S3Url' },

  { parameter: 'Protocol', says: "is the channel's", template: { Protocol: 'HTTP' }, gives: 'HTTP' },
  { parameter: 'Protocol', says: 'is HTTP', template: { Protocol: 'MQTT' }, breaks: inTemplate('Protocol') },

  { parameter: 'Target', says: "is the channel's, for ONE_TIME", template: once, gives: [managedThing('a')] },
  { parameter: 'Target', says: "is the release's if the channel permits it", template: once, options: fromRelease, release: { targets: [managedThing('lab-1')] }, gives: [managedThing('lab-1')] },
  { parameter: 'Target', says: 'of a release is rejected unless the channel permits it', template: once, release: { targets: [managedThing('lab-1')] }, refuses: 'TARGET_NOT_ALLOWED targets[0]' },
  { parameter: 'Target', says: 'of a release is rejected on a channel with a query', release: { targets: [managedThing('lab-1')] }, refuses: 'TARGET_NOT_ALLOWED targets[0]' },
  { parameter: 'Target', says: 'is required from the channel or the release', template: { ...once, Target: undefined }, options: fromRelease, refuses: 'INVALID_RELEASE targets' },
  { parameter: 'Target', says: 'has at most 100', template: once, options: fromRelease, release: { targets: Array.from({ length: 101 }, (_, index) => managedThing(`lab-${index}`)) }, refuses: 'TOO_MANY_TARGETS targets' },
  { parameter: 'Target', says: 'has at most 100 in a template', template: { ...once, Target: Array.from({ length: 101 }, () => managedThing('a')) }, breaks: inTemplate('Target') },
  { parameter: 'Target', says: 'is required unless a release can give it', template: { ...once, Target: undefined }, breaks: inTemplate('Target') },
  { parameter: 'Target', says: 'does not go with CONTINUOUS', template: { Target: [managedThing('a')] }, breaks: inTemplate('Target') },
  { parameter: 'Target', says: 'holds ARNs of managed things', template: { ...once, Target: ['arn:aws:iot:us-east-1:000000000000:thing/a'] }, breaks: inTemplate('Target[0]') },

  { parameter: 'TaskConfigurationId', says: "is the channel's", template: { TaskConfigurationId: 'abc123' }, gives: 'abc123' },
  { parameter: 'TaskConfigurationId', says: 'is letters and digits', template: { TaskConfigurationId: 'abc-123' }, breaks: inTemplate('TaskConfigurationId') },
  { parameter: 'TaskConfigurationId', says: 'has at most 64 characters', template: { TaskConfigurationId: 'a'.repeat(65) }, breaks: inTemplate('TaskConfigurationId') },

  { parameter: 'OtaMechanism', says: "is the channel's", template: { OtaMechanism: 'PUSH' }, gives: 'PUSH' },
  { parameter: 'OtaMechanism', says: 'is PUSH', template: { OtaMechanism: 'PULL' }, breaks: inTemplate('OtaMechanism') },

  { parameter: 'OtaType', says: "is the channel's", gives: 'CONTINUOUS' },
  { parameter: 'OtaType', says: 'is required', template: { OtaType: undefined }, breaks: inTemplate('OtaType') },
  { parameter: 'OtaType', says: 'is one of two words', template: { OtaType: 'SNAPSHOT' }, breaks: inTemplate('OtaType') },

  { parameter: 'OtaTargetQueryString', says: "is the channel's, for CONTINUOUS", gives: 'attributes.model=hub-2' },
  { parameter: 'OtaTargetQueryString', says: 'is required by CONTINUOUS', template: { OtaTargetQueryString: undefined }, breaks: inTemplate('OtaTargetQueryString') },
  { parameter: 'OtaTargetQueryString', says: 'does not go with ONE_TIME', template: { ...once, OtaTargetQueryString: 'a=b' }, breaks: inTemplate('OtaTargetQueryString') },
  { parameter: 'OtaTargetQueryString', says: 'does not go with targetsFromRelease', options: fromRelease, breaks: 'targetsFromRelease' },
  { parameter: 'OtaTargetQueryString', says: 'does not go with targets of a release', options: fromRelease, release: { targets: [managedThing('lab-1')] }, refuses: 'TARGET_NOT_ALLOWED targets[0]' },

  { parameter: 'ClientToken', says: 'consists of rolloutId and attempt', gives: /^fw-thermostat-2-4-1-[0-9a-f]{32}-1$/ },
  { parameter: 'ClientToken', says: 'is refused in a template', template: { ClientToken: 'mine' }, breaks: inTemplate('ClientToken') },

  { parameter: 'OtaSchedulingConfig.EndBehavior', says: "is the channel's", template: { OtaSchedulingConfig: { EndBehavior: 'CANCEL' } }, gives: 'CANCEL' },
  { parameter: 'OtaSchedulingConfig.EndBehavior', says: "stays if the release gives a time", template: { OtaSchedulingConfig: { EndBehavior: 'CANCEL' } }, options: scheduled, release: { endAt: '2026-12-01T00:00:00Z' }, gives: 'CANCEL' },
  { parameter: 'OtaSchedulingConfig.EndBehavior', says: 'is a known word', template: { OtaSchedulingConfig: { EndBehavior: 'STOP' } }, breaks: inTemplate('OtaSchedulingConfig.EndBehavior') },
  { parameter: 'OtaSchedulingConfig.EndTime', says: "is the channel's", template: { OtaSchedulingConfig: { EndTime: '2026-12-01T00:00' } }, gives: '2026-12-01T00:00' },
  { parameter: 'OtaSchedulingConfig.EndTime', says: "is the release's endAt in UTC", options: scheduled, release: { endAt: '2026-12-01T00:30:00+02:00' }, gives: '2026-11-30T22:30' },
  { parameter: 'OtaSchedulingConfig.EndTime', says: 'of a release is rejected unless the channel permits it', release: { endAt: '2026-12-01T00:00:00Z' }, refuses: 'SCHEDULE_NOT_ALLOWED endAt' },
  { parameter: 'OtaSchedulingConfig.EndTime', says: 'of a release is after StartTime of the channel', template: { OtaSchedulingConfig: { StartTime: '2026-12-02T00:00' } }, options: scheduled, release: { endAt: '2026-12-02T00:00:00Z' }, refuses: 'INVALID_REQUEST OtaSchedulingConfig.EndTime' },
  { parameter: 'OtaSchedulingConfig.MaintenanceWindows[].DurationInMinutes', says: "is the channel's", template: window({ DurationInMinutes: 1430 }), gives: 1430 },
  { parameter: 'OtaSchedulingConfig.MaintenanceWindows[].DurationInMinutes', says: 'is at most 1430', template: window({ DurationInMinutes: 1431 }), breaks: inTemplate('OtaSchedulingConfig.MaintenanceWindows[0].DurationInMinutes') },
  { parameter: 'OtaSchedulingConfig.MaintenanceWindows[].DurationInMinutes', says: 'is at least 1', template: window({ DurationInMinutes: 0 }), breaks: inTemplate('OtaSchedulingConfig.MaintenanceWindows[0].DurationInMinutes') },
  { parameter: 'OtaSchedulingConfig.MaintenanceWindows[].StartTime', says: "is the channel's", template: window({}), gives: 'cron(0 1 * * ? *)' },
  { parameter: 'OtaSchedulingConfig.StartTime', says: "is the channel's", template: { OtaSchedulingConfig: { StartTime: '2026-12-01T00:00' } }, gives: '2026-12-01T00:00' },
  { parameter: 'OtaSchedulingConfig.StartTime', says: "is the release's startAt in UTC, not the channel's", template: { OtaSchedulingConfig: { StartTime: '2026-01-01T00:00' } }, options: scheduled, release: { startAt: '2026-12-01T08:00:00Z' }, gives: '2026-12-01T08:00' },
  { parameter: 'OtaSchedulingConfig.StartTime', says: 'of a release is rejected unless the channel permits it', release: { startAt: '2026-12-01T00:00:00Z' }, refuses: 'SCHEDULE_NOT_ALLOWED startAt' },
  { parameter: 'OtaSchedulingConfig.StartTime', says: 'of a release is an RFC 3339 instant', options: scheduled, release: { startAt: 'tomorrow' }, refuses: 'INVALID_RELEASE startAt' },

  { parameter: 'OtaTaskExecutionRetryConfig.RetryConfigCriteria[].FailureType', says: "is the channel's", template: retry({}), gives: 'ALL' },
  { parameter: 'OtaTaskExecutionRetryConfig.RetryConfigCriteria[].FailureType', says: 'is a known word', template: retry({ FailureType: 'REJECTED' }), breaks: inTemplate('OtaTaskExecutionRetryConfig.RetryConfigCriteria[0].FailureType') },
  { parameter: 'OtaTaskExecutionRetryConfig.RetryConfigCriteria[].MinNumberOfRetries', says: "is the channel's", template: retry({ MinNumberOfRetries: 0 }), gives: 0 },
  { parameter: 'OtaTaskExecutionRetryConfig.RetryConfigCriteria[].MinNumberOfRetries', says: 'is at most 10', template: retry({ MinNumberOfRetries: 11 }), breaks: inTemplate('OtaTaskExecutionRetryConfig.RetryConfigCriteria[0].MinNumberOfRetries') },

  { parameter: 'Tags', says: 'are only those of the service if nobody gives one', gives: {} },
  { parameter: 'Tags', says: 'are those of release and channel, and the channel wins', release: { tags: { ci: '8812', b: 'release' } }, template: { Tags: { b: 'channel' } }, gives: { ci: '8812', b: 'channel' } },
  { parameter: 'Tags', says: 'of users can be 47, since the service adds 3', release: { tags: tags(47) }, gives: tags(47) },
  { parameter: 'Tags', says: 'of users are at most 47', release: { tags: tags(48) }, refuses: 'INVALID_REQUEST Tags' },
  { parameter: 'Tags', says: 'are at most 47 in a template', template: { Tags: tags(48) }, breaks: inTemplate('Tags') },
  { parameter: 'Tags', says: 'of the service are refused in a template', template: { Tags: { 'ota-dispatch.releaseDigest': 'x' } }, breaks: inTemplate('Tags["ota-dispatch.releaseDigest"]') },
  { parameter: 'Tags', says: 'have values of at most 256 characters', template: { Tags: { a: 'x'.repeat(257) } }, breaks: inTemplate('Tags.a') },

  { parameter: 'artifacts[].fileLocation', says: 'is in S3, because a job document cannot name a stream', artifact: { fileLocation: { stream: { streamId: 'a' } }, sha256: undefined }, options: { unverified: ['stream'] }, refuses: 'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream' },
  { parameter: 'artifacts[].fileLocation', says: 'is required, even beside a signing job', artifact: { fileLocation: undefined, sha256: undefined, codeSigning: { awsSignerJobId: 'a' } }, options: { unverified: ['signerJob'] }, refuses: 'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation' },
  { parameter: 'artifacts[].codeSigning', says: 'names algorithms that devices know', artifact: ownSignature('SHA384'), refuses: 'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.hashAlgorithm' },
  { parameter: 'artifacts[].codeSigning', says: 'names any algorithm if the channel permits any', artifact: ownSignature('SHA384'), options: { algorithms: 'any' }, gives: undefined },
  { parameter: 'artifacts[].codeSigning', says: 'may be absent: managed things check signatures on their own', artifact: { codeSigning: undefined }, gives: undefined },
  { parameter: 'artifacts[].sizeBytes', says: 'may be more than 16 MiB', artifact: { sizeBytes: 99_999_999 }, gives: undefined },
  { parameter: 'artifacts[].jobDocument', says: 'makes the artifact the job document, with its digest as key', artifact: { jobDocument: true }, gives: undefined },
  { parameter: 'artifacts[].jobDocument', says: 'has at most 32768 bytes', artifact: { jobDocument: true, sizeBytes: 32_769 }, refuses: 'ARTIFACT_TOO_LARGE artifacts[0].sizeBytes' },
  { parameter: 'artifacts[].jobDocument', says: 'may have 32768 bytes', artifact: { jobDocument: true, sizeBytes: 32_768, sha256: artifact.sha256 }, gives: undefined },
  { parameter: 'jobDocument', says: 'of the channel is added to the document', options: { jobDocument: { schema: 3 } }, gives: undefined },
  { parameter: 'jobDocument', says: 'of the channel does not replace members of the service', options: { jobDocument: { files: [] } }, breaks: 'jobDocument.files' },
  { parameter: 'artifactUrl', says: 'contains {key} or {version}', options: { artifactUrl: 'https://cdn.example/{bucket}' }, breaks: 'artifactUrl' },
];
