import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { isAway } from '../../adapters/aws-errors.ts';
import { type ClockInUse, clockInUse } from '../../adapters/clock-in-use.ts';
import { type Ledger, WORK_SHARDS, type WorkKind, workKinds } from '../../adapters/ledger/ledger.ts';
import { limiter } from '../../adapters/limiter.ts';
import { telemetry } from '../../adapters/telemetry.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import { timingOf } from '../../domain/rollout/timing.ts';
import type { AdvanceServices, Services, SweepServices } from '../services.ts';
import { throughOutages } from '../through-outage.ts';
import type { Settings } from './settings.ts';

/** What every handler needs besides its services. */
type Tools = { readonly logger: Logger; readonly metrics: Metrics };

export type ReleasesDependencies = Tools & {
  /** Their limiter gives the turns of the releases queue. Its clock is `inUse`. */
  readonly services: Services;
  readonly inUse: ClockInUse;
  /** The turns of the steering queue. */
  readonly steering: { readonly limiter: Services['limiter']; readonly inUse: ClockInUse };
  readonly lockContext: (context: Context) => void;
};
export type FollowUpsDependencies = Tools & { readonly services: AdvanceServices };
export type { WorkKind };
export type SweepDependencies = Tools & {
  readonly services: SweepServices;
  readonly sweep: {
    readonly kinds: readonly WorkKind[];
    readonly shards: number;
    /** Of each kind. */
    readonly wakesPerSecond: number;
    /** Over this time a sweep spreads its wakes. It ends before the next sweep. */
    readonly spreadSeconds: number;
    readonly due: Ledger['due'];
  };
};

/** The clock and the way to wait: those of the machine, or those of a simulation. `now` is in epoch milliseconds. */
export type Time = { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> };

/** The clock of the machine. */
export const machineTime: Time = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export type AdvanceAdapters = Pick<Services, 'bus' | 'controlPlanes' | 'ledger' | 'queues'>;
export type Adapters = AdvanceAdapters & Pick<Services, 'artifacts' | 'documents' | 'lock'>;

/** The logs and metrics of one function. A composition root makes them first, because its SDK clients report to them. */
export const reportsOf = (settings: Settings, { now }: Pick<Time, 'now'>) => telemetry({ stage: settings.OTA_STAGE, now });

/** A hold must not wait behind approvals that wait for a turn. What gets no turn by then is created by `follow-ups`. */
const STEERING_TURN_WAIT_MAX_MS = 1_000;

/** Composes the dependencies of the function `releases` over these adapters. */
export function releasesOf(
  settings: Settings,
  channels: Channels,
  time: Time,
  adapters: Adapters,
  lockContext: ReleasesDependencies['lockContext'],
  reports = reportsOf(settings, time),
): ReleasesDependencies {
  const { now, sleep } = time;
  const [inUse, inUseForSteering] = [clockInUse(now), clockInUse(now)];
  const { services, ...tools } = followUpsOf(settings, time, adapters, reports, inUse.now);
  const { artifacts, documents, lock } = adapters;
  const place = placeOf(settings);
  const allowedAccounts = settings.OTA_ALLOWED_ACCOUNTS;
  const steeringTurns = limiter({ perSecond: settings.OTA_STEERING_CREATES_PER_SECOND, now: inUseForSteering.now, sleep });
  return {
    ...tools,
    lockContext,
    services: {
      ...services,
      ...throughOutages({ ...services, isAway }),
      place,
      allowedAccounts,
      channels,
      lock,
      artifacts,
      documents,
    },
    inUse,
    steering: { limiter: { take: (most) => steeringTurns.take(Math.min(most, STEERING_TURN_WAIT_MAX_MS)) }, inUse: inUseForSteering },
  };
}

/** Composes the dependencies of the function `follow-ups` over these adapters. `turnsBy` is the clock of its limiter. */
export function followUpsOf(
  settings: Settings,
  { now, sleep }: Time,
  adapters: AdvanceAdapters,
  reports = reportsOf(settings, { now }),
  turnsBy = now,
): FollowUpsDependencies {
  const { bus, controlPlanes, ledger, queues } = adapters;
  const timing = timingOf({ factor: settings.OTA_TIME_FACTOR, unansweredTaskMinutes: settings.OTA_UNANSWERED_MI_MINUTES });
  const turns = limiter({ perSecond: settings.OTA_CREATES_PER_SECOND, now: turnsBy, sleep });
  const looks = limiter({ perSecond: settings.OTA_LOOKS_PER_SECOND * settings.OTA_TIME_FACTOR, now: turnsBy, sleep });
  return {
    services: { now, pause: sleep, timing, ledger, controlPlanes, limiter: turns, looks, bus, queues, telemetry: reports },
    logger: reports.logger,
    metrics: reports.metrics,
  };
}

/**
 * What part of the looks the sweep may cause, and over how many seconds it spreads its wakes. The rest is for job events, so that they
 * need not wait. `npm run bench -- watch` shows what another choice costs: with all looks, events wait for minutes or most wakes are lost.
 */
const SWEEP = { share: 5 / 8, spreadSeconds: 290 } as const;

/** Composes the dependencies of the function `sweep` over these adapters. */
export function sweepOf(
  settings: Settings,
  { now }: Time,
  { queues, ledger: { due } }: { readonly queues: Services['queues']; readonly ledger: Pick<Ledger, 'due'> },
  reports = reportsOf(settings, { now }),
): SweepDependencies {
  return {
    services: { now, queues, telemetry: reports },
    logger: reports.logger,
    metrics: reports.metrics,
    sweep: {
      kinds: workKinds,
      shards: WORK_SHARDS,
      wakesPerSecond: settings.OTA_LOOKS_PER_SECOND * settings.OTA_TIME_FACTOR * SWEEP.share,
      spreadSeconds: Math.floor(SWEEP.spreadSeconds / settings.OTA_TIME_FACTOR),
      due,
    },
  };
}

/** The URLs of the queues that the service writes to. */
export const urlsOf = (settings: Settings) => ({
  followUpsUrl: settings.OTA_FOLLOW_UPS_QUEUE_URL,
  rejectedUrl: settings.OTA_REJECTED_QUEUE_URL,
});

/** The place where the service runs, with the names that a plan uses. */
export function placeOf(settings: Settings) {
  return {
    accountId: settings.OTA_ACCOUNT_ID,
    region: settings.AWS_REGION,
    stage: settings.OTA_STAGE,
    documentsBucket: settings.OTA_DOCUMENTS_BUCKET,
  };
}
