import { CancelJobCommand, DescribeJobCommand, GetOTAUpdateCommand } from '@aws-sdk/client-iot';
import { iotCore } from '../../../adapters/iot-core.ts';
import { attemptId } from '../../../domain/request/identity.ts';
import type { LookAt, Reply, StopOrder, Subject } from '../../../domain/rollout/observation.ts';
import type { Chance } from '../../random.ts';
import { oneClient, withAMinute } from '../../support/control-plane.ts';
import { DOCUMENTS } from '../aws/s3.ts';
import { asking, DOCUMENT_KEY, FLEET, type Operation, operationsOf, passing, type Sequence, type Terms } from './side.ts';

const ROLLOUTS = ['fw-a', 'fw-b'];
export const REASONS = ['', '', 'SUPERSEDED', 'lower case', 'Ö', 'tab\t'];
const LOOKS: readonly LookAt[] = ['creation', 'job', 'both'];
const CONTINUOUS_MILLISECONDS = 20 * 60_000;
/** Each gives an integer rate a minute, which the embedded fleet needs. */
const DEVICE_MILLISECONDS = [10_000, 12_000, 15_000, 20_000, 30_000, 60_000, 120_000, 240_000];

/**
 * What the adapter of IoT Core sends in every state of an update and its job, and what people do to jobs. A history draws
 * how long creations and devices take, and the embedded service has settings for it. Here both get the same values, so
 * that they are in the same state at every instant.
 */
export function iot(chance: Chance): Sequence {
  const terms = termsOf(chance);
  const { pendingMilliseconds: pending, deviceMilliseconds: device } = terms;
  const times = [1, pending - 1, pending, 3 * pending, 4 * pending, device - 1, device, device + 1, 2 * device, 6 * device];
  let current: Subject = { rolloutId: 'fw-a', attempt: 1, request: {}, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 1 } };
  const subject = (): Subject => {
    if (chance.is('another', 0.4)) {
      const attempt = chance.is('second attempt', 0.3) ? 2 : 1;
      current = { ...current, rolloutId: chance.pick('rollout', ROLLOUTS), attempt };
    }
    return { ...current, requestDigest: chance.is('other digest', 0.2) ? 'd2' : 'd1' };
  };
  const continuous = terms.devices * device === CONTINUOUS_MILLISECONDS;
  const create = () => creating(subject(), continuous && chance.is('continuous', 0.5));
  const operations = operationsOf(chance, 10, 40, [
    [4, create],
    [8, () => looking(subject(), chance.pick('look at', LOOKS))],
    [3, () => stopping(subject(), orderOf(chance))],
    [8, () => passing(chance.pick('time', times))],
    [1, failing],
    [1, () => deletingJob(subject())],
    [2, () => cancelling(jobIdOf(subject()), chance.is('force', 0.3), chance.pick('raw reason', REASONS))],
    [2, () => getting(subject())],
    [2, () => describing(subject())],
  ]);
  return { terms, operations: [create(), create(), ...operations] };
}

/** What both sides have settings for. */
export function termsOf(chance: Chance): Terms {
  const devices = chance.whole('devices', 1, 6);
  const long = DEVICE_MILLISECONDS.filter((one) => devices * one >= 60_000 && devices * one <= 30 * 60_000);
  // All continuous jobs of a history have the same speed.
  const fast = chance.is('with continuous', 0.3) ? CONTINUOUS_MILLISECONDS / devices : chance.pick('device', long);
  return {
    pendingMilliseconds: chance.whole('pending', 200, 10_000),
    devices,
    deviceMilliseconds: fast,
    firstFails: chance.is('first fails', 0.3),
    tagsInTask: true,
  };
}

/** An order to stop, with texts that AWS does not take as they are. */
export function orderOf(chance: Chance): StopOrder {
  return {
    force: chance.is('force', 0.4),
    reasonCode: chance.pick('reason', ['SUPERSEDED', 'security issue', '', 'Größe-Ü1']),
    comment: chance.pick('comment', ['by 2.0.0', '', 'two\nlines', 'é'.repeat(2_100), '🔥'.repeat(2_100)]),
  };
}

const textOf = ({ rolloutId, attempt, requestDigest }: Subject): string => `${rolloutId}-${attempt} (${requestDigest})`;
const idOf = ({ rolloutId, attempt }: Subject): string => attemptId(rolloutId, attempt);
const jobIdOf = (subject: Subject): string => `AFR_OTA-${idOf(subject)}`;

function creating(subject: Subject, continuous: boolean): Operation {
  const input = {
    otaUpdateId: idOf(subject),
    targets: [`arn:aws:iot:us-east-1:000000000000:thinggroup/${FLEET}`],
    targetSelection: continuous ? 'CONTINUOUS' : 'SNAPSHOT',
    roleArn: 'arn:aws:iam::000000000000:role/ota',
    files: [{ fileName: '/app.bin', fileLocation: { s3Location: { bucket: DOCUMENTS, key: DOCUMENT_KEY } } }],
    additionalParameters: { 'ota-dispatch.rolloutId': subject.rolloutId, 'ota-dispatch.requestDigest': subject.requestDigest },
  };
  return asking(`create ${textOf(subject)}${continuous ? ', continuous' : ''}`, async ({ iot: client }) =>
    withoutWords(await withAMinute(iotCore(oneClient(client))).create(input)),
  );
}

/** AWS's message about a refusal is for people and decides nothing. */
export function withoutWords(reply: Reply): object {
  return 'message' in reply ? { ...reply, message: 'words' } : reply;
}

/** The message of a failed creation decides nothing either. Its code decides. */
function looking(subject: Subject, at: LookAt): Operation {
  return asking(`look at the ${at} of ${textOf(subject)}`, async ({ iot: client }) => {
    const sighting = await withAMinute(iotCore(oneClient(client))).look(subject, at);
    return sighting.kind === 'createFailed' ? { ...sighting, errorInfo: sighting.errorInfo.code } : sighting;
  });
}

function stopping(subject: Subject, order: StopOrder): Operation {
  const comment = order.comment.slice(0, 10);
  return asking(`stop ${textOf(subject)} ${JSON.stringify({ ...order, comment })}`, ({ iot: client }) =>
    withAMinute(iotCore(oneClient(client))).stop(subject, order),
  );
}

/** A creation that fails for a final cause. No job is left, as the embedded service creates the job last. */
function failing(): Operation {
  return { says: 'the next creation will fail', on: async ({ outside }) => outside.failNextCreation() };
}

function deletingJob(subject: Subject): Operation {
  return { says: `a person deletes the job of ${idOf(subject)}`, on: ({ outside }) => outside.deleteJob(jobIdOf(subject)) };
}

/** Cancels without the adapter, which treats several errors as an ended job and changes reasons. */
export function cancelling(jobId: string, force: boolean, reason: string): Operation {
  const input = { jobId, force, ...(reason !== '' && { reasonCode: reason, comment: reason }) };
  return asking(`CancelJob ${JSON.stringify(input)}`, async ({ iot: client }) => {
    await client.send(new CancelJobCommand(input));
  });
}

function getting(subject: Subject): Operation {
  return asking(`GetOTAUpdate of ${idOf(subject)}`, async ({ iot: client }) => {
    const { otaUpdateInfo: update } = await client.send(new GetOTAUpdateCommand({ otaUpdateId: idOf(subject) }));
    const { otaUpdateId, otaUpdateArn, otaUpdateStatus, awsIotJobId, awsIotJobArn, additionalParameters, errorInfo } = update ?? {};
    return { otaUpdateId, otaUpdateArn, otaUpdateStatus, awsIotJobId, awsIotJobArn, additionalParameters, errorCode: errorInfo?.code };
  });
}

function describing(subject: Subject): Operation {
  return asking(`DescribeJob of ${idOf(subject)}`, async ({ iot: client }) => {
    const { job } = await client.send(new DescribeJobCommand({ jobId: jobIdOf(subject) }));
    const { jobId, jobArn, status, reasonCode, comment, forceCanceled, jobProcessDetails: details } = job ?? {};
    const { processingTargets: _, ...counts } = details ?? {};
    return { jobId, jobArn, status, reasonCode, comment, forceCanceled: forceCanceled === true, counts };
  });
}
