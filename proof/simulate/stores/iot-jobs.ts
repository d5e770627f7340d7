import { DescribeJobCommand } from '@aws-sdk/client-iot';
import { iotJobs } from '../../../adapters/iot-jobs.ts';
import { attemptId } from '../../../domain/request/identity.ts';
import type { LookAt, StopOrder, Subject } from '../../../domain/rollout/observation.ts';
import type { Chance } from '../../random.ts';
import { oneClient, withAMinute } from '../../support/control-plane.ts';
import { cancelling, orderOf, REASONS, termsOf, withoutWords } from './iot-core.ts';
import { asking, FLEET, type Operation, operationsOf, passing, type Sequence } from './side.ts';

const ROLLOUTS = ['fw-a', 'fw-b', 'fw-c'];
const LOOKS: readonly LookAt[] = ['creation', 'job', 'both'];
const CONTINUOUS_MILLISECONDS = 20 * 60_000;
const ROLE = 'arn:aws:iam::000000000000:role/ota';
const PACKAGE = 'arn:aws:iot:us-east-1:000000000000:package/agent/version/1.0.0';

/**
 * What the adapter of IoT Jobs sends in every state of a job, and what people do to jobs. Schedules are left out. On one side, devices
 * take turns over the whole time of a schedule. On the other side, each starts when it can. A retry of devices that fail is left out, too.
 */
export function jobs(chance: Chance): Sequence {
  const terms = termsOf(chance);
  const { deviceMilliseconds: device } = terms;
  const times = [1, device - 1, device, device + 1, 2 * device, 6 * device];
  const continuous = terms.devices * device === CONTINUOUS_MILLISECONDS;
  const requests = Array.from({ length: 3 }, (_, number) => requestOf(chance, number, continuous, !terms.firstFails));
  let current: Subject = subjectOf('fw-a', requests[0] ?? {});
  const subject = (): Subject => {
    if (chance.is('another', 0.4)) current = subjectOf(chance.pick('rollout', ROLLOUTS), chance.pick('request', requests));
    return { ...current, requestDigest: chance.is('other digest', 0.2) ? 'd2' : 'd1' };
  };
  const create = () => creating(subject());
  const operations = operationsOf(chance, 10, 40, [
    [4, create],
    [8, () => looking(subject(), chance.pick('look at', LOOKS))],
    [3, () => stopping(subject(), orderOf(chance))],
    [8, () => passing(chance.pick('time', times))],
    [1, () => changing(subject())],
    [1, () => deleting(subject())],
    [2, () => cancelling(idOf(subject()), chance.is('force', 0.3), chance.pick('raw reason', REASONS))],
    [2, () => describing(subject())],
  ]);
  return { terms, operations: [create(), create(), ...operations] };
}

function subjectOf(rolloutId: string, request: Subject['request']): Subject {
  return { rolloutId, attempt: 1, request, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 1 } };
}

function requestOf(chance: Chance, number: number, continuous: boolean, isRetried: boolean): Subject['request'] {
  return {
    targets: [`arn:aws:iot:us-east-1:000000000000:thinggroup/${FLEET}`],
    document: JSON.stringify({ number, text: chance.pick('text', ['', 'é🔥', '\u0001']) }),
    presignedUrlConfig: { roleArn: ROLE, ...(chance.is('expires', 0.5) && { expiresInSec: 600 }) },
    targetSelection: continuous && chance.is('continuous', 0.5) ? 'CONTINUOUS' : 'SNAPSHOT',
    abortConfig: { criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 100, minNumberOfExecutedThings: 50 }] },
    timeoutConfig: { inProgressTimeoutInMinutes: 1440 },
    ...(isRetried &&
      chance.is('retry', 0.3) && { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 2 }] } }),
    ...(chance.is('description', 0.3) && { description: 'a job' }),
    ...(chance.is('package', 0.3) && { destinationPackageVersions: [PACKAGE] }),
  };
}

const idOf = ({ rolloutId, attempt }: Subject): string => attemptId(rolloutId, attempt);
const textOf = (subject: Subject): string => `${idOf(subject)} (${subject.requestDigest}, ${JSON.stringify(subject.request)})`;

function creating(subject: Subject): Operation {
  const tags = [
    { Key: 'team', Value: 'firmware' },
    { Key: 'ota-dispatch.rolloutId', Value: subject.rolloutId },
    { Key: 'ota-dispatch.requestDigest', Value: subject.requestDigest },
  ];
  const input = { jobId: idOf(subject), ...subject.request, tags };
  return asking(`create ${textOf(subject)}`, async ({ iot: client }) =>
    withoutWords(await withAMinute(iotJobs(oneClient(client))).create(input)),
  );
}

function looking(subject: Subject, at: LookAt): Operation {
  return asking(`look at the ${at} of ${textOf(subject)}`, ({ iot: client }) => withAMinute(iotJobs(oneClient(client))).look(subject, at));
}

function stopping(subject: Subject, order: StopOrder): Operation {
  const comment = order.comment.slice(0, 10);
  return asking(`stop ${idOf(subject)} ${JSON.stringify({ ...order, comment })}`, ({ iot: client }) =>
    withAMinute(iotJobs(oneClient(client))).stop(subject, order),
  );
}

/** A person changes the timeout, if the job has not ended. */
function changing(subject: Subject): Operation {
  return { says: `a person changes the job ${idOf(subject)}`, on: ({ outside }) => outside.changeJob(idOf(subject)) };
}

function deleting(subject: Subject): Operation {
  return { says: `a person deletes the job ${idOf(subject)}`, on: ({ outside }) => outside.deleteJob(idOf(subject)) };
}

/** What AWS has of a job, without the adapter. */
function describing(subject: Subject): Operation {
  return asking(`DescribeJob of ${idOf(subject)}`, async ({ iot: client }) => {
    const { job } = await client.send(new DescribeJobCommand({ jobId: idOf(subject), beforeSubstitution: true }));
    const { jobId, jobArn, status, reasonCode, comment, forceCanceled, targetSelection, targets, jobProcessDetails: details } = job ?? {};
    const { abortConfig, timeoutConfig, presignedUrlConfig, jobExecutionsRetryConfig, destinationPackageVersions, description } = job ?? {};
    const { processingTargets: _, ...counts } = details ?? {};
    const members = { targets, abortConfig, timeoutConfig, jobExecutionsRetryConfig, destinationPackageVersions, description };
    // AWS adds a default to what is missing here.
    const roleArn = presignedUrlConfig?.roleArn;
    return {
      jobId,
      jobArn,
      status,
      reasonCode,
      comment,
      forceCanceled: forceCanceled === true,
      targetSelection,
      ...members,
      roleArn,
      counts,
    };
  });
}
