import type { ApprovalEvent } from '../domain/release/approval.ts';
import type { HoldEvent, ResumeEvent } from '../domain/release/hold.ts';
import { parseRelease, type ReleaseEvent } from '../domain/release/release.ts';
import type { WithdrawalEvent } from '../domain/release/withdrawal.ts';
import { rolloutIdOf } from '../domain/request/identity.ts';
import type { OutcomeDetail, OutcomeType } from '../domain/rollout/outcome-schema.ts';

const channel = { product: 'thermostat', revision: 1, channel: 'beta' };
const rolloutId = rolloutIdOf({ ...channel, version: '2.4.1' }, 'prod');
const onStable = rolloutIdOf({ ...channel, version: '2.4.1', channel: 'stable' }, 'prod');
const releaseDigest = '4d1c9fa2b7e80f35a1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728';
const bodySha256 = '6a1f0c5e3b4d29788e7a90b1c2d3e4f56a1f0c5e3b4d29788e7a90b1c2d3e4f5';
const every = {
  schemaVersion: '1',
  outcomeId: '0f343b0931126a20f133d67c2b018a3b5d0c1e4f7a8b9cad0e1f2a3b4c5d6e7f',
  at: '2026-11-20T08:15:30.000Z',
  correlationId: 'build-8812',
} as const;
const aboutRollout = { ...every, product: 'thermostat', version: '2.4.1', revision: 1, channel: 'beta', rolloutId, attempt: 1 };
const aboutWaiting = { ...aboutRollout, channel: 'stable', rolloutId: onStable, attempt: 0 };
const aboutMessage = {
  ...every,
  messageId: '5fea7756-0ea4-451a-a703-a558b933e274',
  bodySha256,
  product: 'thermostat',
  version: '2.4.1',
};
const counts = { queued: 0, inProgress: 0, succeeded: 97, failed: 2, rejected: 0, timedOut: 1, removed: 0, canceled: 0 };
const approver = { account: '123456789012', source: 'com.acme.release-board' };
const held = {
  ...every,
  messageId: '5fea7756-0ea4-451a-a703-a558b933e274',
  bodySha256,
  product: 'thermostat',
  holdId: 'radio-fails',
};
const waitingOrLive = {
  waiting: [{ rolloutId: onStable, version: '2.4.1', revision: 1, channel: 'stable', state: 'WAITING' }],
  live: [{ rolloutId, version: '2.4.1', revision: 1, channel: 'beta', state: 'CREATED' }],
};
const newer = { rolloutId: rolloutIdOf({ ...channel, version: '2.5.0' }, 'prod'), version: '2.5.0', revision: 1 };

/** A release with every member that a producer may set. No channel accepts all of them together. */
export const releaseExample: ReleaseEvent = {
  schemaVersion: '1',
  product: 'thermostat',
  version: '2.4.1',
  revision: 1,
  channels: ['beta'],
  artifacts: [
    {
      fileName: '/app.bin',
      fileType: 0,
      fileVersion: '2.4.1',
      fileLocation: {
        s3Location: { bucket: 'acme-firmware', key: 'thermostat/2.4.1/app.bin', version: '3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY' },
      },
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      sizeBytes: 412345,
      codeSigning: { awsSignerJobId: '7e4d1b0a-1111-4222-8333-444455556666' },
      attributes: { board: 'T6' },
      jobDocument: false,
    },
  ],
  hardware: ['T6-B', 'T6-C'],
  description: 'Fixes the heating curve',
  tags: { ci: '8812' },
  targets: ['arn:aws:iot:eu-west-1:123456789012:thing/lab-7'],
  startAt: '2026-11-21T01:00:00Z',
  endAt: '2026-11-21T05:00:00Z',
  notAfter: '2026-12-24T00:00:00Z',
  dryRun: false,
  correlationId: 'build-8812',
};

/** A withdrawal with every member. */
export const withdrawalExample: WithdrawalEvent = {
  schemaVersion: '1',
  product: 'thermostat',
  version: '2.4.1',
  revision: 1,
  channels: ['beta'],
  reasonCode: 'RADIO_FAILS',
  comment: 'Loses its network after a week',
  force: false,
  correlationId: 'ticket-417',
};

/** An approval with every member. */
export const approvalExample: ApprovalEvent = {
  schemaVersion: '1',
  product: 'thermostat',
  version: '2.4.1',
  revision: 1,
  channels: ['stable'],
  releaseDigest,
  skip: ['soakMinutes'],
  approvedBy: 'kim@acme.com',
  comment: 'release board 2026-48',
  correlationId: 'board-48',
};

/** A hold with every member. */
export const holdExample: HoldEvent = {
  schemaVersion: '1',
  product: 'thermostat',
  channels: ['stable'],
  holdId: 'radio-fails',
  reason: 'Loses its network after a week',
  from: '2026-11-20T08:00:00Z',
  until: '2026-12-01T08:00:00Z',
  correlationId: 'ticket-417',
};

/** The end of a hold with every member. */
export const resumeExample: ResumeEvent = {
  schemaVersion: '1',
  product: 'thermostat',
  holdId: 'radio-fails',
  comment: 'The radio works again',
  correlationId: 'ticket-417',
};

/** The rejection of a release with a digest of 63 characters, in the words of the service. */
function rejectionExample() {
  const artifacts = releaseExample.artifacts.map((artifact) => ({ ...artifact, sha256: 'a'.repeat(63) }));
  const result = parseRelease({ ...releaseExample, artifacts });
  if (result.ok) throw new Error('a digest of 63 characters was accepted');
  const { code, path, message } = result.rejection;
  return { code, path, message };
}

/** One example of each outcome event. The compiler checks them, and so does `schemaFiles`. */
export const outcomeExamples: { readonly [T in OutcomeType]: OutcomeDetail<T> } = {
  'OTA Rollout Created': {
    ...aboutRollout,
    service: 'iot',
    operation: 'CreateOTAUpdate',
    aws: {
      otaUpdateId: `${rolloutId}-1`,
      otaUpdateArn: `arn:aws:iot:eu-west-1:123456789012:otaupdate/${rolloutId}-1`,
      jobId: `AFR_OTA-${rolloutId}-1`,
      jobArn: `arn:aws:iot:eu-west-1:123456789012:job/AFR_OTA-${rolloutId}-1`,
    },
    adopted: false,
  },
  'OTA Rollout Progressed': { ...aboutRollout, counts: { ...counts, queued: 60, inProgress: 10, succeeded: 30, failed: 0, timedOut: 0 } },
  'OTA Rollout Completed': { ...aboutRollout, result: 'partial', counts },
  'OTA Rollout Failed': {
    ...aboutRollout,
    code: 'CREATE_FAILED',
    message: 'AWS IoT could not create the job',
    errorInfo: { code: 'AccessDeniedException', message: 'The role may not read the artifact' },
  },
  'OTA Rollout Superseded': { ...aboutRollout, by: newer, counts, stillInProgress: 0 },
  'OTA Rollout Withdrawn': {
    ...aboutRollout,
    reasonCode: 'RADIO_FAILS',
    comment: 'Loses its network after a week',
    counts,
    stillInProgress: 0,
  },
  'OTA Rollout Waiting': {
    ...aboutWaiting,
    waitingFor: ['APPROVAL', 'SOAKING'],
    reasons: [
      {
        reason: 'SOAKING',
        channel: 'beta',
        until: '2026-11-21T08:10:00.000Z',
        message: 'soaking: beta 97 of 100 succeeded (at least 90 % asked for), 3 failed (at most 5 % of 100)',
      },
      { reason: 'APPROVAL', message: '0 of 1 approvals' },
    ],
    releaseDigest,
  },
  'OTA Rollout Promoted': {
    ...aboutWaiting,
    openedAt: '2026-11-21T09:00:00.000Z',
    releaseDigest,
    after: [{ channel: 'beta', rolloutId, counts, metAt: '2026-11-20T08:10:00.000Z', soakedAt: '2026-11-21T08:10:00.000Z' }],
    approvals: [
      {
        by: approver,
        eventId: 'c2f0a5c1-6d3e-4b59-9d0e-6a7f1f0b2c3d',
        at: '2026-11-21T08:59:58.000Z',
        approvedBy: 'kim@acme.com',
        comment: 'release board 2026-48',
      },
    ],
    skipped: [],
  },
  'OTA Release Rejected': {
    ...aboutMessage,
    ...rejectionExample(),
  },
  'OTA Release Duplicate': {
    ...aboutMessage,
    rollouts: [
      { rolloutId, channel: 'beta', firstSeenAt: '2026-11-20T08:00:00.000Z', firstMessageId: '0b5d0a9e-9a5c-4cf9-8b1e-0c6a1d6f2e11' },
    ],
  },
  'OTA Release Planned': {
    ...aboutMessage,
    rollouts: [
      { rolloutId, channel: 'beta', service: 'iot', operation: 'CreateOTAUpdate', input: { otaUpdateId: `${rolloutId}-1` }, releaseDigest },
    ],
    rejections: [],
  },
  'OTA Release Withdrawn': {
    ...aboutMessage,
    revision: 1,
    channels: ['beta'],
    rollouts: [{ rolloutId, channel: 'beta', revision: 1, state: 'WITHDRAWING' }],
  },
  'OTA Release Approved': {
    ...aboutMessage,
    channel: 'stable',
    rollouts: [{ channel: 'stable', revision: 1, rolloutId: onStable, state: 'WAITING', counted: true, why: '1 of 1 approvals' }],
  },
  'OTA Channel Held': {
    ...held,
    holds: [{ holdId: 'radio-fails', channels: ['stable'], reason: 'Loses its network', by: approver, at: '2026-11-20T08:15:30.000Z' }],
    ...waitingOrLive,
  },
  'OTA Channel Resumed': { ...held, holds: [], ...waitingOrLive },
};
