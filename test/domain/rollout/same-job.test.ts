import { describe, expect, it } from 'vitest';
import { driftOf, isAnotherJob, isSameJob } from '../../../domain/rollout/same-job.ts';

const group = (name: string) => `arn:aws:iot:us-east-1:000000000000:thinggroup/${name}`;
const version = (name: string) => `arn:aws:iot:us-east-1:000000000000:package/camera/version/${name}`;
const criterion = { failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 5, minNumberOfExecutedThings: 20 };
const request = {
  targets: [group('a'), group('b')],
  document: '{"operation":"firmware-update"}',
  description: 'Fixes the focus',
  presignedUrlConfig: { roleArn: 'arn:aws:iam::000000000000:role/ota-service' },
  abortConfig: { criteriaList: [criterion] },
  timeoutConfig: { inProgressTimeoutInMinutes: 60 },
};
/** The job as AWS describes it: with defaults, and without the document. */
const { document, ...asked } = request;
const described = {
  ...asked,
  jobId: 'fw-camera-1',
  status: 'IN_PROGRESS',
  targetSelection: 'SNAPSHOT',
  presignedUrlConfig: { ...request.presignedUrlConfig, expiresInSec: 3600 },
  jobExecutionsRolloutConfig: { maximumPerMinute: 1000 },
  destinationPackageVersions: [],
};

describe('a job is the one that was asked for', () => {
  it.each([
    ['as AWS describes it', {}, {}],
    ['with its targets in another order', { targets: [group('b'), group('a')] }, {}],
    ['without a selection, which is SNAPSHOT by default', { targetSelection: undefined }, {}],
    ['without the empty list of package versions', { destinationPackageVersions: undefined }, {}],
    ['with its package versions', { destinationPackageVersions: [version('1')] }, { destinationPackageVersions: [version('1')] }],
    ['CONTINUOUS', { targetSelection: 'CONTINUOUS' }, { targetSelection: 'CONTINUOUS' }],
    [
      'although somebody has changed its description, rate, criteria and timeout',
      { description: 'x', abortConfig: {}, timeoutConfig: {} },
      {},
    ],
  ])('%s', (_what, changes, more) => {
    expect(isSameJob({ ...request, ...more }, { ...described, document, ...changes })).toBe(true);
  });

  it.each([
    ['its document has one blank more', { document: `${document} ` }, {}],
    ['its document is empty', { document: '' }, {}],
    ['it has one target less', { targets: [group('a')] }, {}],
    ['it has one target more', { targets: [group('a'), group('b'), group('c')] }, {}],
    ['it has no targets', { targets: undefined }, {}],
    [
      'it is CONTINUOUS and has another target',
      { targetSelection: 'CONTINUOUS', targets: [group('a'), group('c')] },
      { targetSelection: 'CONTINUOUS' },
    ],
    ['it goes on taking in devices', { targetSelection: 'CONTINUOUS' }, {}],
    ['it has another package version', { destinationPackageVersions: [version('2')] }, { destinationPackageVersions: [version('1')] }],
    ['it has a package version', { destinationPackageVersions: [version('1')] }, {}],
  ])('but not if %s', (_what, changes, more) => {
    expect(isSameJob({ ...request, ...more }, { ...described, document, ...changes })).toBe(false);
  });
});

describe('a job with the id of a request', () => {
  it.each([
    ['the same', request.targets, false],
    ['one of them', [group('b')], false],
    ['one of them and another', [group('b'), group('c')], false],
    ['none', [], false],
    ['unknown', undefined, false],
    ['others', [group('c')], true],
  ])('whose targets are %s: whether it is another one', (_what, targets, isAnother) => {
    expect(isAnotherJob(request, { ...described, targets })).toBe(isAnother);
  });
});

describe('what somebody has changed at AWS since', () => {
  it.each([
    ['nothing, although AWS added defaults', {}, []],
    ['nothing, with an empty description', { jobExecutionsRetryConfig: {}, description: 'Fixes the focus' }, []],
    ['nothing, with its targets in another order', { targets: request.targets.toReversed() }, []],
    ['nothing, although AWS added a default to a criterion', { abortConfig: { criteriaList: [{ ...criterion, enabled: true }] } }, []],
    ['one member of a criterion', { abortConfig: { criteriaList: [{ ...criterion, thresholdPercentage: 6 }] } }, ['abortConfig']],
    ['the description', { description: 'stop' }, ['description']],
    ['the life of presigned URLs', { presignedUrlConfig: { roleArn: 'arn:aws:iam::000000000000:role/other' } }, ['presignedUrlConfig']],
    [
      'retries that nobody asked for',
      { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'ALL', numberOfRetries: 1 }] } },
      ['jobExecutionsRetryConfig'],
    ],
    ['the timeout', { timeoutConfig: { inProgressTimeoutInMinutes: 61 } }, ['timeoutConfig']],
    ['the timeout, taken away', { timeoutConfig: undefined }, ['timeoutConfig']],
    [
      'a criterion more',
      { abortConfig: { criteriaList: [...request.abortConfig.criteriaList, { failureType: 'FAILED' }] } },
      ['abortConfig'],
    ],
    ['targets that were added to a continuous job', { targets: [...request.targets, group('c')] }, ['targets']],
  ])('is %s', (_what, changes, drift) => {
    expect(driftOf(request, { ...described, ...changes })).toEqual(drift);
  });

  it('is the second of two criteria', () => {
    const two = (second: object) => ({ abortConfig: { criteriaList: [criterion, { ...criterion, failureType: 'FAILED', ...second }] } });
    expect(driftOf({ ...request, ...two({}) }, { ...described, ...two({}) })).toEqual([]);
    expect(driftOf({ ...request, ...two({}) }, { ...described, ...two({ thresholdPercentage: 6 }) })).toEqual(['abortConfig']);
  });

  it('is no member that is empty at AWS and that nobody asked for', () => {
    const { description: _none, ...silent } = request;
    for (const empty of [undefined, null, '', {}, { a: null, b: '' }]) {
      expect(driftOf(silent, { ...described, description: empty })).toEqual([]);
    }
    expect(driftOf(silent, { ...described, description: 'stop' })).toEqual(['description']);
  });

  it('is the rate only if the request had one, because every job has one', () => {
    const paced = { ...request, jobExecutionsRolloutConfig: { maximumPerMinute: 50 } };
    expect(driftOf(paced, described)).toEqual(['jobExecutionsRolloutConfig']);
    expect(driftOf(paced, { ...described, jobExecutionsRolloutConfig: { maximumPerMinute: 50 } })).toEqual([]);
    expect(driftOf(request, { ...described, jobExecutionsRolloutConfig: { maximumPerMinute: 1 } })).toEqual([]);
  });
});
