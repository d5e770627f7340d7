/** Every parameter of CreateJob. The table in docs/reference/parameters.md has the same names. */
import { accountId, artifact, group, region, roleArn, thing } from '../../../proof/support/fixtures.ts';
import type { ParameterCase } from './parameters-of-ota-update.ts';

const inTemplate = (path: string) => `createJob.${path}`;
const packageArn = (version: string) => `arn:aws:iot:${region}:${accountId}:package/camera/version/${version}`;
const fromRelease = { targetsFromRelease: [thing('lab-*')] };
const scheduled = { scheduleFromRelease: 'allow' };
const unguarded = { unguarded: 'allow' };
const client = { format: 'device-client' };
const schedule = (change: object) => ({ schedulingConfig: change });
const window = (change: object) => ({
  targetSelection: 'CONTINUOUS',
  ...schedule({ maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 60, ...change }] }),
});
const rate = (change: object) => ({
  jobExecutionsRolloutConfig: {
    exponentialRate: { baseRatePerMinute: 10, incrementFactor: 2, rateIncreaseCriteria: { numberOfSucceededThings: 50 }, ...change },
  },
});
const criteria = (rateIncreaseCriteria: object) => rate({ rateIncreaseCriteria });
const abort = (change: object) => ({
  abortConfig: {
    criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 5, minNumberOfExecutedThings: 20, ...change }],
  },
});
const retry = (change: object) => ({
  timeoutConfig: { inProgressTimeoutInMinutes: 60 },
  jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 2, ...change }] },
});
const at = (key: string) => ({ fileLocation: { s3Location: { bucket: 'acme-firmware', key, version: 'v1' } } });
const placeholder = (text: string) => ['$', `{aws:iot:${text}}`].join('');
const own = (count: number) => ({ jobDocument: { own: Array.from({ length: count }, (_, index) => placeholder(`x:${index}`)) } });
const artifacts = (count: number) => ({
  artifacts: Array.from({ length: count }, (_, index) => ({ ...artifact, fileName: `/${index}.bin`, ...at(`${index}.bin`) })),
});
const ownSignature = (hashAlgorithm: string) => ({
  codeSigning: { customCodeSigning: { signature: { inlineDocument: 'MEUCIQ==' }, hashAlgorithm, signatureAlgorithm: 'ECDSA' } },
});
const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${String(index).padStart(2, '0')}`, Value: '' }));
const tagsOfRelease = (count: number) => Object.fromEntries(tags(count).map(({ Key, Value }) => [Key, Value]));

// biome-ignore format: a table is read by its rows
export const jobParameters: readonly ParameterCase[] = [
  { parameter: 'jobId', says: 'consists of rolloutId and attempt, which is always 1', gives: /^fw-thermostat-2-4-1-[0-9a-f]{32}-1$/ },
  { parameter: 'jobId', says: 'is refused in a template', template: { jobId: 'mine' }, breaks: inTemplate('jobId') },

  { parameter: 'targets', says: "is the channel's", gives: [group] },
  { parameter: 'targets', says: "is the release's if the channel permits it", options: fromRelease, release: { targets: [thing('lab-2'), thing('lab-1')] }, gives: [thing('lab-1'), thing('lab-2')] },
  { parameter: 'targets', says: 'of a release is rejected unless the channel permits it', release: { targets: [thing('lab-1')] }, refuses: 'TARGET_NOT_ALLOWED targets[0]' },
  { parameter: 'targets', says: 'of a release is rejected if it is of another account', options: { targetsFromRelease: ['*'] }, release: { targets: [thing('a').replace(accountId, '999999999999')] }, refuses: 'TARGET_NOT_ALLOWED targets[0]' },
  { parameter: 'targets', says: 'is required from the channel or the release', template: { targets: undefined }, options: fromRelease, refuses: 'INVALID_RELEASE targets' },
  { parameter: 'targets', says: 'is required unless a release can give it', template: { targets: undefined }, breaks: inTemplate('targets') },
  { parameter: 'targets', says: 'has at most 100', options: fromRelease, release: { targets: Array.from({ length: 101 }, (_, index) => thing(`lab-${index}`)) }, refuses: 'TOO_MANY_TARGETS targets' },
  { parameter: 'targets', says: 'has at most 100 in a template', template: { targets: Array.from({ length: 101 }, (_, index) => thing(`a-${index}`)) }, breaks: inTemplate('targets') },
  { parameter: 'targets', says: 'holds ARNs of things and thing groups', template: { targets: ['thermostat-beta'] }, breaks: inTemplate('targets[0]') },

  { parameter: 'documentSource', says: 'is refused in a template, because its object could change later', template: { documentSource: 's3://a/b' }, breaks: inTemplate('documentSource') },
  { parameter: 'documentSource', says: 'is never sent', gives: undefined },

  { parameter: 'document', says: 'is canonical JSON with the files and a presigned URL for each', gives: /^\{"files":\[\{.*"url":"\$\{aws:iot:s3-presigned-url-v2:https:\/\/acme-firmware\.s3\.us-east-1\.amazonaws\.com\/thermostat\/2\.4\.1\/app\.bin%3FversionId%3D3HL4kqtJlcpXroDTDmJ\}".*"firmwareVersion":"2\.4\.1","operation":"firmware-update","product":"thermostat","rolloutId":"fw-[^"]*"\}$/ },
  { parameter: 'document', says: 'has steps for the Device Client if the channel asks for them', options: client, gives: /"steps":\[\{"action":\{"input":\{"args":\[.*"version":"1\.0"\}$/ },
  { parameter: 'document', says: 'is refused in a template', template: { document: '{}' }, breaks: inTemplate('document') },
  { parameter: 'document', says: 'has at most 32768 bytes', artifact: { attributes: { a: 'ü'.repeat(16_384) } }, refuses: 'INVALID_REQUEST document' },
  { parameter: 'document', says: 'has at most 10 placeholders', release: artifacts(11), refuses: 'INVALID_REQUEST document' },
  { parameter: 'document', says: 'may have 10 placeholders', release: artifacts(10), gives: /9\.bin/ },
  { parameter: 'document', says: 'has no limit of artifacts if they need no placeholder', release: artifacts(11), options: { artifactUrl: 'https://cdn.example.com/{key}' }, gives: /cdn\.example\.com\/10\.bin/ },
  { parameter: 'document', says: 'has no placeholder that a release brings', artifact: { attributes: { a: placeholder('s3-presigned-url:https://s3.amazonaws.com/secrets/key') } }, refuses: 'INVALID_REQUEST document' },
  { parameter: 'document', says: 'has no placeholder that the key of an artifact brings', artifact: at(placeholder('s3-presigned-url:https')), refuses: 'INVALID_REQUEST document' },

  { parameter: 'description', says: 'is absent if nobody gives one', gives: undefined },
  { parameter: 'description', says: "is the release's", release: { description: 'Fixes the heating curve' }, gives: 'Fixes the heating curve' },
  { parameter: 'description', says: "is the channel's if both give one", release: { description: 'a' }, template: { description: 'b' }, gives: 'b' },
  { parameter: 'description', says: 'has no line breaks', release: { description: 'a\nb' }, refuses: 'INVALID_REQUEST description' },
  { parameter: 'description', says: 'has at most 2028 characters in a template', template: { description: 'x'.repeat(2029) }, breaks: inTemplate('description') },

  { parameter: 'presignedUrlConfig.roleArn', says: "is the channel's", gives: roleArn },
  { parameter: 'presignedUrlConfig.roleArn', says: 'is required', template: { presignedUrlConfig: { expiresInSec: 60 } }, breaks: inTemplate('presignedUrlConfig.roleArn') },
  { parameter: 'presignedUrlConfig.roleArn', says: 'is required even if no URL needs it', template: { presignedUrlConfig: undefined }, options: { artifactUrl: 'https://cdn.example.com/{key}' }, breaks: inTemplate('presignedUrlConfig.roleArn') },
  { parameter: 'presignedUrlConfig.roleArn', says: 'is the ARN of a role', template: { presignedUrlConfig: { roleArn: 'arn:aws:iam::000000000000:user/a' } }, breaks: inTemplate('presignedUrlConfig.roleArn') },
  { parameter: 'presignedUrlConfig.expiresInSec', says: "is the channel's", template: { presignedUrlConfig: { roleArn, expiresInSec: 3600 } }, gives: 3600 },
  { parameter: 'presignedUrlConfig.expiresInSec', says: 'is at least 60', template: { presignedUrlConfig: { roleArn, expiresInSec: 59 } }, breaks: inTemplate('presignedUrlConfig.expiresInSec') },
  { parameter: 'presignedUrlConfig.expiresInSec', says: 'is at most 3600', template: { presignedUrlConfig: { roleArn, expiresInSec: 3601 } }, breaks: inTemplate('presignedUrlConfig.expiresInSec') },

  { parameter: 'targetSelection', says: "is the channel's", template: { targetSelection: 'CONTINUOUS' }, gives: 'CONTINUOUS' },
  { parameter: 'targetSelection', says: 'is one of two words', template: { targetSelection: 'ONE_TIME' }, breaks: inTemplate('targetSelection') },

  { parameter: 'jobExecutionsRolloutConfig.maximumPerMinute', says: "is the channel's", template: { jobExecutionsRolloutConfig: { maximumPerMinute: 1000 } }, gives: 1000 },
  { parameter: 'jobExecutionsRolloutConfig.maximumPerMinute', says: 'is at most 1000', template: { jobExecutionsRolloutConfig: { maximumPerMinute: 1001 } }, breaks: inTemplate('jobExecutionsRolloutConfig.maximumPerMinute') },
  { parameter: 'jobExecutionsRolloutConfig.maximumPerMinute', says: 'is at least 1, since AWS cannot pause a job', template: { jobExecutionsRolloutConfig: { maximumPerMinute: 0 } }, breaks: inTemplate('jobExecutionsRolloutConfig.maximumPerMinute') },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.baseRatePerMinute', says: "is the channel's", template: rate({}), gives: 10 },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.baseRatePerMinute', says: 'is required', template: rate({ baseRatePerMinute: undefined }), breaks: inTemplate('jobExecutionsRolloutConfig.exponentialRate.baseRatePerMinute') },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.incrementFactor', says: "is the channel's", template: rate({ incrementFactor: 1.5 }), gives: 1.5 },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.incrementFactor', says: 'is at least 1.1', template: rate({ incrementFactor: 1 }), breaks: inTemplate('jobExecutionsRolloutConfig.exponentialRate.incrementFactor') },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.incrementFactor', says: 'has one decimal', template: rate({ incrementFactor: 1.25 }), breaks: inTemplate('jobExecutionsRolloutConfig.exponentialRate.incrementFactor') },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria.numberOfNotifiedThings', says: "is the channel's", template: criteria({ numberOfNotifiedThings: 7 }), gives: 7 },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria.numberOfNotifiedThings', says: 'does not go with numberOfSucceededThings', template: criteria({ numberOfNotifiedThings: 7, numberOfSucceededThings: 7 }), breaks: inTemplate('jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria') },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria.numberOfSucceededThings', says: "is the channel's", template: rate({}), gives: 50 },
  { parameter: 'jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria.numberOfSucceededThings', says: 'or the other criterion is required', template: criteria({}), breaks: inTemplate('jobExecutionsRolloutConfig.exponentialRate.rateIncreaseCriteria') },

  { parameter: 'abortConfig.criteriaList[].failureType', says: 'is ALL if the channel has no criteria', gives: 'ALL' },
  { parameter: 'abortConfig.criteriaList[].failureType', says: "is the channel's", template: abort({ failureType: 'TIMED_OUT' }), gives: 'TIMED_OUT' },
  { parameter: 'abortConfig.criteriaList[].failureType', says: 'is absent if the channel is unguarded', options: unguarded, gives: undefined },
  { parameter: 'abortConfig.criteriaList[].failureType', says: 'is a known word', template: abort({ failureType: 'ANY' }), breaks: inTemplate('abortConfig.criteriaList[0].failureType') },
  { parameter: 'abortConfig.criteriaList[].action', says: 'is CANCEL', gives: 'CANCEL' },
  { parameter: 'abortConfig.criteriaList[].action', says: 'is no other word', template: abort({ action: 'STOP' }), breaks: inTemplate('abortConfig.criteriaList[0].action') },
  { parameter: 'abortConfig.criteriaList[].thresholdPercentage', says: 'is 20 if the channel has no criteria', gives: 20 },
  { parameter: 'abortConfig.criteriaList[].thresholdPercentage', says: 'is at most 100', template: abort({ thresholdPercentage: 100.01 }), breaks: inTemplate('abortConfig.criteriaList[0].thresholdPercentage') },
  { parameter: 'abortConfig.criteriaList[].thresholdPercentage', says: 'has two decimals', template: abort({ thresholdPercentage: 1.001 }), breaks: inTemplate('abortConfig.criteriaList[0].thresholdPercentage') },
  { parameter: 'abortConfig.criteriaList[].minNumberOfExecutedThings', says: 'is 10 if the channel has no criteria', gives: 10 },
  { parameter: 'abortConfig.criteriaList[].minNumberOfExecutedThings', says: 'is at least 1', template: abort({ minNumberOfExecutedThings: 0 }), breaks: inTemplate('abortConfig.criteriaList[0].minNumberOfExecutedThings') },

  { parameter: 'timeoutConfig.inProgressTimeoutInMinutes', says: 'is a day if the channel has none', gives: 1440 },
  { parameter: 'timeoutConfig.inProgressTimeoutInMinutes', says: 'is a day if the channel has an empty one', template: { timeoutConfig: {} }, gives: 1440 },
  { parameter: 'timeoutConfig.inProgressTimeoutInMinutes', says: "is the channel's", template: { timeoutConfig: { inProgressTimeoutInMinutes: 60 } }, gives: 60 },
  { parameter: 'timeoutConfig.inProgressTimeoutInMinutes', says: 'is absent if the channel is unguarded', options: unguarded, gives: undefined },
  { parameter: 'timeoutConfig.inProgressTimeoutInMinutes', says: 'is at most 7 days', template: { timeoutConfig: { inProgressTimeoutInMinutes: 10_081 } }, breaks: inTemplate('timeoutConfig.inProgressTimeoutInMinutes') },

  { parameter: 'tags', says: 'are only those of the service if nobody gives one', gives: [] },
  { parameter: 'tags', says: 'are those of release and channel in order of their keys, and the channel wins', release: { tags: { ci: '8812', b: 'release' } }, template: { tags: [{ Key: 'b', Value: 'channel' }] }, gives: [{ Key: 'b', Value: 'channel' }, { Key: 'ci', Value: '8812' }] },
  { parameter: 'tags', says: 'of users can be 47, since the service adds 3', release: { tags: tagsOfRelease(47) }, gives: tags(47) },
  { parameter: 'tags', says: 'of users are at most 47', release: { tags: tagsOfRelease(48) }, refuses: 'INVALID_REQUEST tags' },
  { parameter: 'tags', says: 'are at most 47 in a template', template: { tags: tags(48) }, breaks: inTemplate('tags') },
  { parameter: 'tags', says: 'of the service are refused in a template', template: { tags: [{ Key: 'ota-dispatch.rolloutId' }] }, breaks: inTemplate('tags[0].Key') },
  { parameter: 'tags', says: 'have different keys', template: { tags: [{ Key: 'a' }, { Key: 'a' }] }, breaks: inTemplate('tags[1].Key') },
  { parameter: 'tags', says: 'have keys of few marks', release: { tags: { 'a!': '' } }, refuses: 'INVALID_REQUEST tags[0].Key' },

  { parameter: 'namespaceId', says: "is the channel's", template: { namespaceId: 'acme-v2' }, gives: 'acme-v2' },
  { parameter: 'namespaceId', says: 'is letters, digits, - and _', template: { namespaceId: 'a.b' }, breaks: inTemplate('namespaceId') },

  { parameter: 'jobTemplateArn', says: 'is refused in a template, because a job template can change later', template: { jobTemplateArn: `arn:aws:iot:${region}:${accountId}:jobtemplate/a` }, breaks: inTemplate('jobTemplateArn') },
  { parameter: 'jobTemplateArn', says: 'is never sent', gives: undefined },

  { parameter: 'jobExecutionsRetryConfig.criteriaList[].failureType', says: "is the channel's", template: retry({ failureType: 'TIMED_OUT' }), gives: 'TIMED_OUT' },
  { parameter: 'jobExecutionsRetryConfig.criteriaList[].failureType', says: 'is FAILED, TIMED_OUT or ALL', template: retry({ failureType: 'REJECTED' }), breaks: inTemplate('jobExecutionsRetryConfig.criteriaList[0].failureType') },
  { parameter: 'jobExecutionsRetryConfig.criteriaList[].failureType', says: 'is TIMED_OUT only with a timeout of the channel', template: { ...retry({ failureType: 'TIMED_OUT' }), timeoutConfig: undefined }, breaks: inTemplate('jobExecutionsRetryConfig.criteriaList[0].failureType') },
  { parameter: 'jobExecutionsRetryConfig.criteriaList[].numberOfRetries', says: "is the channel's", template: retry({ numberOfRetries: 10 }), gives: 10 },
  { parameter: 'jobExecutionsRetryConfig.criteriaList[].numberOfRetries', says: 'is at most 10', template: retry({ numberOfRetries: 11 }), breaks: inTemplate('jobExecutionsRetryConfig.criteriaList[0].numberOfRetries') },

  { parameter: 'jobExecutionsRetryConfig.criteriaList[].numberOfRetries', says: 'is at most 10 over all criteria', template: { ...retry({}), jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 10 }, { failureType: 'TIMED_OUT', numberOfRetries: 1 }] } }, breaks: inTemplate('jobExecutionsRetryConfig.criteriaList') },

  { parameter: 'documentParameters', says: 'is refused in a template, because only managed job templates have some', template: { documentParameters: { a: 'b' } }, breaks: inTemplate('documentParameters') },
  { parameter: 'documentParameters', says: 'is never sent', gives: undefined },

  { parameter: 'schedulingConfig.startTime', says: "is the channel's", template: schedule({ startTime: '2026-12-01T00:00' }), gives: '2026-12-01T00:00' },
  { parameter: 'schedulingConfig.startTime', says: "is the release's startAt in UTC, not the channel's", template: schedule({ startTime: '2026-12-01T00:00' }), options: scheduled, release: { startAt: '2026-12-02T01:30:00+02:00' }, gives: '2026-12-01T23:30' },
  { parameter: 'schedulingConfig.startTime', says: 'of a release is rejected unless the channel permits it', release: { startAt: '2026-12-01T00:00:00Z' }, refuses: 'SCHEDULE_NOT_ALLOWED startAt' },
  { parameter: 'schedulingConfig.startTime', says: 'may be in 30 minutes', options: scheduled, release: { startAt: '2026-11-23T12:30:00Z' }, gives: '2026-11-23T12:30' },
  { parameter: 'schedulingConfig.startTime', says: 'is in 30 minutes or later', options: scheduled, release: { startAt: '2026-11-23T12:29:00Z' }, refuses: 'INVALID_REQUEST schedulingConfig.startTime' },
  { parameter: 'schedulingConfig.startTime', says: 'of the channel is in 30 minutes or later', template: schedule({ startTime: '2026-11-23T12:29' }), refuses: 'INVALID_REQUEST schedulingConfig.startTime' },
  { parameter: 'schedulingConfig.startTime', says: 'is within a year', options: scheduled, release: { startAt: '2027-11-23T12:01:00Z' }, refuses: 'INVALID_REQUEST schedulingConfig.startTime' },
  { parameter: 'schedulingConfig.startTime', says: 'has the form of AWS', template: schedule({ startTime: '2026-12-01T00:00:00Z' }), breaks: inTemplate('schedulingConfig.startTime') },
  { parameter: 'schedulingConfig.endTime', says: "is the channel's", template: schedule({ endTime: '2026-12-01T00:00' }), gives: '2026-12-01T00:00' },
  { parameter: 'schedulingConfig.endTime', says: "is the release's endAt in UTC", options: scheduled, release: { endAt: '2026-12-01T00:30:00+02:00' }, gives: '2026-11-30T22:30' },
  { parameter: 'schedulingConfig.endTime', says: 'of a release is rejected unless the channel permits it', release: { endAt: '2026-12-01T00:00:00Z' }, refuses: 'SCHEDULE_NOT_ALLOWED endAt' },
  { parameter: 'schedulingConfig.endTime', says: 'is in 30 minutes or later', options: scheduled, release: { endAt: '2026-11-23T12:29:00Z' }, refuses: 'INVALID_REQUEST schedulingConfig.endTime' },
  { parameter: 'schedulingConfig.endTime', says: 'is 30 minutes after the start or later', options: scheduled, release: { startAt: '2026-12-01T00:00:00Z', endAt: '2026-12-01T00:29:00Z' }, refuses: 'INVALID_REQUEST schedulingConfig.endTime' },
  { parameter: 'schedulingConfig.endTime', says: 'is 30 minutes after the start in a template', template: schedule({ startTime: '2026-12-01T00:00', endTime: '2026-12-01T00:29' }), breaks: inTemplate('schedulingConfig.endTime') },
  { parameter: 'schedulingConfig.endTime', says: 'is within two years', options: scheduled, release: { endAt: '2028-11-23T12:01:00Z' }, refuses: 'INVALID_REQUEST schedulingConfig.endTime' },
  { parameter: 'schedulingConfig.endBehavior', says: "is the channel's", template: schedule({ endBehavior: 'CANCEL' }), options: scheduled, release: { endAt: '2026-12-01T00:00:00Z' }, gives: 'CANCEL' },
  { parameter: 'schedulingConfig.endBehavior', says: 'needs an end, which a release may lack', template: schedule({ endBehavior: 'CANCEL' }), options: scheduled, refuses: 'INVALID_REQUEST schedulingConfig.endBehavior' },
  { parameter: 'schedulingConfig.endBehavior', says: 'needs an end in the channel, if no release can give one', template: schedule({ endBehavior: 'CANCEL' }), breaks: inTemplate('schedulingConfig.endBehavior') },
  { parameter: 'schedulingConfig.endBehavior', says: 'is a known word', template: schedule({ endTime: '2026-12-01T00:00', endBehavior: 'STOP' }), breaks: inTemplate('schedulingConfig.endBehavior') },
  { parameter: 'schedulingConfig.maintenanceWindows[].startTime', says: "is the channel's", template: window({}), gives: 'cron(0 2 ? * SUN *)' },
  { parameter: 'schedulingConfig.maintenanceWindows[].startTime', says: 'is a cron', template: window({ startTime: '0 2 ? * SUN *' }), breaks: inTemplate('schedulingConfig.maintenanceWindows[0].startTime') },
  { parameter: 'schedulingConfig.maintenanceWindows[].startTime', says: 'is a cron of six fields', template: window({ startTime: 'cron(0 2 * * 0)' }), breaks: inTemplate('schedulingConfig.maintenanceWindows[0].startTime') },
  { parameter: 'schedulingConfig.maintenanceWindows[].startTime', says: 'is a cron that comes', template: window({ startTime: 'cron(0 2 31 FEB ? *)' }), breaks: inTemplate('schedulingConfig.maintenanceWindows[0].startTime') },
  { parameter: 'schedulingConfig.maintenanceWindows[].startTime', says: 'does not go with SNAPSHOT', template: { ...window({}), targetSelection: 'SNAPSHOT' }, breaks: inTemplate('schedulingConfig.maintenanceWindows') },
  { parameter: 'schedulingConfig.maintenanceWindows[].startTime', says: 'does not go with the SNAPSHOT that AWS takes for granted', template: { ...window({}), targetSelection: undefined }, breaks: inTemplate('schedulingConfig.maintenanceWindows') },
  { parameter: 'schedulingConfig.maintenanceWindows[].durationInMinutes', says: "is the channel's", template: window({ durationInMinutes: 1430 }), gives: 1430 },
  { parameter: 'schedulingConfig.maintenanceWindows[].durationInMinutes', says: 'is at most 1430', template: window({ durationInMinutes: 1431 }), breaks: inTemplate('schedulingConfig.maintenanceWindows[0].durationInMinutes') },

  { parameter: 'destinationPackageVersions', says: "is the channel's, with the version of the release filled in", template: { destinationPackageVersions: [packageArn('{version}')] }, gives: [packageArn('2.4.1')] },
  { parameter: 'destinationPackageVersions', says: 'is absent if the channel has none', gives: undefined },
  { parameter: 'destinationPackageVersions', says: 'has no version with build metadata', template: { destinationPackageVersions: [packageArn('1.0.0'), packageArn('{version}')] }, release: { version: '2.4.1+b' }, refuses: 'INVALID_REQUEST destinationPackageVersions[1]' },
  { parameter: 'destinationPackageVersions', says: 'may name a fixed version beside build metadata', template: { destinationPackageVersions: [packageArn('1.0.0')] }, release: { version: '2.4.1+b' }, gives: [packageArn('1.0.0')] },
  { parameter: 'destinationPackageVersions', says: 'does not name $default, which can change', template: { destinationPackageVersions: [packageArn('$default')] }, breaks: inTemplate('destinationPackageVersions[0]') },
  { parameter: 'destinationPackageVersions', says: 'has ARNs of package versions', template: { destinationPackageVersions: ['camera'] }, breaks: inTemplate('destinationPackageVersions[0]') },
  { parameter: 'destinationPackageVersions', says: 'has at most 25', template: { destinationPackageVersions: Array.from({ length: 26 }, (_, index) => packageArn(`${index}`)) }, breaks: inTemplate('destinationPackageVersions') },

  { parameter: 'artifacts[].fileLocation', says: 'is in S3, because devices of a job download from there', artifact: { fileLocation: { stream: { streamId: 'a' } }, sha256: undefined }, refuses: 'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation.stream' },
  { parameter: 'artifacts[].fileLocation', says: 'is required, even beside a signing job', artifact: { fileLocation: undefined, sha256: undefined, codeSigning: { awsSignerJobId: 'a' } }, refuses: 'UNSUPPORTED_BY_SERVICE artifacts[0].fileLocation' },
  { parameter: 'artifacts[].codeSigning', says: 'may be absent, because the document has the SHA-256', artifact: { codeSigning: undefined }, gives: undefined },
  { parameter: 'artifacts[].codeSigning', says: 'names algorithms that devices know', artifact: ownSignature('SHA384'), refuses: 'INVALID_SIGNING artifacts[0].codeSigning.customCodeSigning.hashAlgorithm' },
  { parameter: 'artifacts[].codeSigning', says: 'names any algorithm if the channel permits any', artifact: ownSignature('SHA384'), options: { algorithms: 'any' }, gives: undefined },
  { parameter: 'artifacts[].sizeBytes', says: 'has no limit', artifact: { sizeBytes: 2 ** 40 }, gives: undefined },
  { parameter: 'artifacts[].jobDocument', says: 'is refused, because the service writes the document', artifact: { jobDocument: true }, refuses: 'UNSUPPORTED_BY_SERVICE artifacts[0].jobDocument' },

  { parameter: 'format', says: 'is not sent', options: client, gives: undefined },
  { parameter: 'jobDocument', says: 'has no member of the service in the plain form', options: { jobDocument: { firmwareVersion: 'a' } }, breaks: 'jobDocument.firmwareVersion' },
  { parameter: 'jobDocument', says: 'has no version in the plain form, which a Device Client would take for its own', options: { jobDocument: { version: 'a' } }, breaks: 'jobDocument.version' },
  { parameter: 'jobDocument', says: 'has no member of the service in the form of the Device Client', options: { ...client, jobDocument: { steps: [] } }, breaks: 'jobDocument.steps' },
  { parameter: 'jobDocument', says: 'has no $default, which can change', options: { jobDocument: { a: placeholder('package:p:version:$default:attributes') } }, breaks: 'jobDocument' },
  { parameter: 'jobDocument', says: 'has at most 10 placeholders by itself', options: own(11), breaks: 'jobDocument' },
  { parameter: 'jobDocument', says: 'has at most 10 placeholders together with the artifacts', options: own(10), refuses: 'INVALID_REQUEST document' },
  { parameter: 'jobDocument', says: 'may have 9 placeholders', options: own(9), gives: undefined },
  { parameter: 'jobDocument', says: 'may have 10 placeholders if the artifacts need none', options: { ...own(10), artifactUrl: 'https://cdn.example.com/{key}' }, gives: undefined },
  { parameter: 'jobDocument', says: 'closes each placeholder', options: { jobDocument: { a: ['$', '{aws:iot:s3-presigned-url:https://a/b'].join('') } }, breaks: 'jobDocument' },
  { parameter: 'jobDocument', says: 'has at most 32768 bytes', options: { jobDocument: { a: 'ü'.repeat(16_384) } }, breaks: 'jobDocument' },
  { parameter: 'artifactUrl', says: 'replaces the presigned URL', options: { artifactUrl: 'https://cdn.example.com/{key}' }, gives: undefined },
  { parameter: 'artifactUrl', says: 'differs for each artifact', options: { artifactUrl: 'https://cdn.example.com/app' }, breaks: 'artifactUrl' },
];
