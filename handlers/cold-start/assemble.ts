import type { Logger } from '@aws-lambda-powertools/logger';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { type Ledger, WORK_SHARDS } from '../../adapters/ledger.ts';
import { limiter } from '../../adapters/limiter.ts';
import { telemetry } from '../../adapters/telemetry.ts';
import type { Channels } from '../../domain/channels/schema.ts';
import type { Timing } from '../../domain/rollout/step.ts';
import type { AdvanceServices, Services, SweepServices } from '../ports.ts';
import type { Settings } from '../settings.ts';

/** What every handler is made of besides its services. */
type Tools = { readonly logger: Logger; readonly metrics: Metrics };

export type ReleasesDependencies = Tools & { readonly services: Services; readonly lockContext: (context: Context) => void };
export type FollowUpsDependencies = Tools & { readonly services: AdvanceServices };
export type SweepDependencies = Tools & {
  readonly services: SweepServices;
  readonly sweep: {
    readonly shards: number;
    readonly spreadSeconds: number;
    readonly due: Ledger['due'];
  };
};

/** Time and waiting: the machine's own unless a simulation brings another. */
export type Time = { readonly now: () => number; readonly sleep: (milliseconds: number) => Promise<void> };

export const machineTime: Time = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

export type AdvanceAdapters = Pick<Services, 'bus' | 'controlPlanes' | 'ledger' | 'queues'>;
export type Adapters = AdvanceAdapters & Pick<Services, 'artifacts' | 'documents' | 'lock'>;

/** What the function `releases` is made of. */
export function releasesOf(
  settings: Settings,
  channels: Channels,
  time: Time,
  adapters: Adapters,
  lockContext: ReleasesDependencies['lockContext'],
): ReleasesDependencies {
  const { services, ...tools } = followUpsOf(settings, time, adapters);
  const { artifacts, documents, lock } = adapters;
  const place = placeOf(settings);
  const allowedAccounts = settings.OTA_ALLOWED_ACCOUNTS;
  return {
    ...tools,
    lockContext,
    services: { ...services, place, allowedAccounts, channels, pause: time.sleep, lock, artifacts, documents },
  };
}

/** What the function `follow-ups` is made of. */
export function followUpsOf(settings: Settings, { now, sleep }: Time, adapters: AdvanceAdapters): FollowUpsDependencies {
  const told = telemetry({ stage: settings.OTA_STAGE, now });
  const { bus, controlPlanes, ledger, queues } = adapters;
  const turns = limiter({ perSecond: settings.OTA_CREATES_PER_SECOND, now, sleep });
  return {
    services: { now, timing: timingOf(settings), ledger, controlPlanes, limiter: turns, bus, queues, telemetry: told },
    logger: told.logger,
    metrics: told.metrics,
  };
}

/** What the function `sweep` is made of. */
export function sweepOf(
  settings: Settings,
  { now }: Time,
  { queues, ledger: { due } }: { readonly queues: Services['queues']; readonly ledger: Pick<Ledger, 'due'> },
): SweepDependencies {
  const told = telemetry({ stage: settings.OTA_STAGE, now });
  return {
    services: { now, queues, telemetry: told },
    logger: told.logger,
    metrics: told.metrics,
    sweep: { shards: WORK_SHARDS, spreadSeconds: Math.floor(240 / settings.OTA_TIME_FACTOR), due },
  };
}

export const urlsOf = (settings: Settings) => ({
  followUpsUrl: settings.OTA_FOLLOW_UPS_QUEUE_URL,
  rejectedUrl: settings.OTA_REJECTED_QUEUE_URL,
});

/** Delays and their slack shrink with the time factor of a local run; what AWS may still do late does not. */
function timingOf(settings: Settings): Timing {
  const factor = settings.OTA_TIME_FACTOR;
  const minutes = (count: number): number => count * 60_000;
  return {
    firstDelay: 15_000 / factor,
    longestDelay: minutes(15) / factor,
    sweepSlack: minutes(2) / factor,
    createMayStillLand: { iot: minutes(20), iotmanagedintegrations: minutes(settings.OTA_UNANSWERED_MI_MINUTES) },
  };
}

/** Where the service runs, as plans name it. */
export function placeOf(settings: Settings) {
  return {
    accountId: settings.OTA_ACCOUNT_ID,
    region: settings.AWS_REGION,
    stage: settings.OTA_STAGE,
    documentsBucket: settings.OTA_DOCUMENTS_BUCKET,
  };
}
