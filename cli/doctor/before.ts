import type { Answer } from './answer.ts';
import type { Check } from './check.ts';
import {
  checkArns,
  checkConcurrency,
  checkCreateJobQuota,
  checkCreateQuota,
  checkDescribeJobQuota,
  checkManagedIntegrationsRegion,
  type Reservation,
} from './checks/account.ts';
import { checkBucket } from './checks/buckets.ts';
import { checkEndpoint, checkProfile, checkShared, checkTarget, checkTaskConfiguration } from './checks/fleet.ts';
import { checkEnabling, checkJobEvents } from './checks/job-events.ts';
import { checkPermissions, checkTrust, questionsAbout } from './checks/roles.ts';
import type { Deployment } from './deployment.ts';
import { type Caller, gatherConcurrency, gatherQuota } from './gather/account.ts';
import { gatherBucket } from './gather/buckets.ts';
import type { Clients } from './gather/clients.ts';
import { gatherProfile, gatherTarget, gatherTaskConfiguration } from './gather/fleet.ts';
import { enableJobEvents, gatherEventTypes } from './gather/job-events.ts';
import { gatherTrust, simulate } from './gather/roles.ts';
import type { Wanted } from './wanted.ts';

/** What every check of an account knows. `isLocal` is true for the stage of `npm start`, whose AWS simulates devices. */
export type Examined = {
  readonly clients: Clients;
  readonly caller: Caller;
  readonly region: string;
  readonly deployment: Deployment;
  readonly isLocal: boolean;
};

const CREATE_OTA_UPDATE = 'L-EFEC7F9B';
const CREATE_JOB = 'L-23F244D4';
const DESCRIBE_JOB = 'L-609D00CE';

/** The checks of Lambda and of the quotas. They need neither channels nor a deployment. */
export async function examineAccount({ clients, deployment }: Examined, reservation: Reservation): Promise<Check[]> {
  const [concurrency, creates, looks] = await Promise.all([
    gatherConcurrency(clients),
    gatherQuota(clients, CREATE_OTA_UPDATE),
    gatherQuota(clients, DESCRIBE_JOB),
  ]);
  return [checkConcurrency(concurrency, reservation), checkCreateQuota(creates, deployment), checkDescribeJobQuota(looks, deployment)];
}

/** The checks of all that the channels name. They need no deployment. */
export async function examineChannels(examined: Examined, wanted: Wanted): Promise<Check[]> {
  const { caller, region, isLocal } = examined;
  const [events, quota, buckets, profiles, targets, tasks] = await Promise.all([
    examineJobEvents(examined, wanted),
    examineCreateJobQuota(examined, wanted),
    examineRolesAndBuckets(examined, wanted),
    examineProfiles(examined, wanted),
    examineTargets(examined, wanted),
    examineTasks(examined, wanted),
  ]);
  return [
    ...checkArns(wanted.arns, caller, region),
    ...checkManagedIntegrationsRegion(wanted.managedIntegrations, region, isLocal),
    ...events,
    ...quota,
    ...buckets,
    ...profiles,
    ...targets,
    ...tasks,
  ];
}

/** Switches on the events of jobs, because somebody asked for it. It is the only thing that doctor ever changes. */
export async function switchOnJobEvents({ clients, caller, region, deployment }: Examined): Promise<Check> {
  return checkEnabling(await enableJobEvents(clients), { account: caller.account, region, stage: deployment.stage });
}

/** Nothing if no channel has jobs, or if the stage has no rule for their events. */
async function examineJobEvents({ clients, caller, region, deployment }: Examined, { withJobs }: Wanted): Promise<Check[]> {
  if (withJobs.length === 0 || !deployment.hasJobEvents) return [];
  return [checkJobEvents(await gatherEventTypes(clients), { account: caller.account, region, stage: deployment.stage })];
}

async function examineCreateJobQuota({ clients, deployment }: Examined, { jobs }: Wanted): Promise<Check[]> {
  return jobs.length === 0 ? [] : [checkCreateJobQuota(await gatherQuota(clients, CREATE_JOB), deployment)];
}

async function examineRolesAndBuckets({ clients, caller, region, deployment }: Examined, wanted: Wanted): Promise<Check[]> {
  const [buckets, trusts] = await Promise.all([
    Promise.all(wanted.buckets.map((name) => gatherBucket(clients, name, caller.account, region))),
    Promise.all(wanted.roles.map(({ arn }) => gatherTrust(clients, arn))),
  ]);
  const roles = await Promise.all(
    wanted.roles.map(async (role, at): Promise<Check[]> => {
      const trust = trusts[at] as Awaited<ReturnType<typeof gatherTrust>>;
      const checks = checkTrust(role, trust, caller.account);
      if (trust.kind !== 'found') return checks;
      const questions = questionsAbout(role, buckets, { ...caller, region });
      const [artifacts, all] = await Promise.all([
        simulate(clients, role.arn, questions.artifacts),
        simulate(clients, role.arn, questions.all),
      ]);
      return [...checks, checkPermissions(role.arn, artifacts, all)];
    }),
  );
  return [...roles.flat(), ...buckets.flatMap((bucket) => checkBucket(bucket, region, deployment.artifactKeys))];
}

async function examineProfiles({ clients }: Examined, { profiles }: Wanted): Promise<Check[]> {
  const checks = await Promise.all(profiles.map(async (profile) => checkProfile(profile, await gatherProfile(clients, profile.name))));
  return checks.flat();
}

async function examineTargets({ clients, isLocal }: Examined, { targets }: Wanted): Promise<Check[]> {
  const checks = await Promise.all(targets.map(async (target) => checkTarget(await gatherTarget(clients, target.name), target, isLocal)));
  return [...checks.flat(), ...checkShared(targets)];
}

async function examineTasks({ clients, region, isLocal }: Examined, { taskConfigurations }: Wanted): Promise<Check[]> {
  const answers: Answer<true>[] = await Promise.all(taskConfigurations.map(({ name }) => gatherTaskConfiguration(clients, name)));
  const checks = taskConfigurations.flatMap((configuration, at) => {
    const answer = answers[at];
    return answer === undefined || isUnreachable(answer) ? [] : [checkTaskConfiguration(configuration, answer, isLocal)];
  });
  return [...checkEndpoint(answers, region), ...checks];
}

/** The check of the endpoint reports it once for all configurations. */
const isUnreachable = (answer: Answer<true>): boolean => answer.kind === 'unread' && answer.reason === 'failed';
