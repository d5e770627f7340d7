import type { Channels } from '../../domain/channels/schema.ts';
import { validateChannels } from '../../domain/channels/validate.ts';

/** One of the versions of channels.yml in a history. */
export type Configuration = { readonly name: string; readonly channels: Channels };

export const PRODUCT = 'alpha';
export const SOURCE = 'com.acme.firmware-ci';
export const APPROVERS = ['com.acme.release-board', 'com.acme.fleet-health'] as const;
export const BUCKET = 'acme-firmware';

/** Every kind of channel whose rollouts live differently. */
export const channelKinds = ['snap', 'cont', 'kept', 'last', 'once', 'query', 'replaced'] as const;
/** Those of IoT Jobs. */
export const jobKinds = ['job', 'job-cont', 'job-end', 'job-kept'] as const;
export type ChannelKind = (typeof channelKinds)[number] | (typeof jobKinds)[number];

/** Whether a channel creates jobs. */
export const isOfJobs = (channel: string): boolean => channel.includes('job');

const after = (channel: ChannelKind, soakMinutes: number) => ({
  after: { channel, minSucceededPercentage: 50, maxFailedPercentage: 40, soakMinutes },
});
/** Three minutes of every ten. */
const allowedTimes = [{ cron: '0-2,10-12,20-22,30-32,40-42,50-52 * ? * * *', timeZone: 'Europe/Berlin' }];

/** Every kind of gate, each on a channel of its own. `behind` is the channel that a release should name as well. */
export const gates = {
  'plain-snap': { behind: 'snap', service: 'iot', gate: after('snap', 0) },
  'soak-snap': { behind: 'snap', service: 'iot', gate: after('snap', 10) },
  'soak-cont': { behind: 'cont', service: 'iot', gate: after('cont', 10) },
  'soak-last': { behind: 'last', service: 'mi', gate: after('last', 5) },
  'soak-once': { behind: 'once', service: 'mi', gate: after('once', 15) },
  'soak-kept': { behind: 'kept', service: 'iot', gate: after('kept', 10) },
  approved: { behind: 'snap', service: 'iot', gate: { approval: 'required' } },
  'both-snap': {
    behind: 'snap',
    service: 'iot',
    gate: { ...after('snap', 10), approval: { required: 2, skip: ['soakMinutes', 'after', 'allowedTimes'] }, allowedTimes },
  },
  'both-cont': { behind: 'cont', service: 'mi', gate: { ...after('cont', 10), approval: { required: 1, skip: ['soakMinutes'] } } },
  timed: { behind: 'once', service: 'iot', gate: { allowedTimes } },
  'timed-mi': { behind: 'snap', service: 'mi', gate: { allowedTimes } },
} as const satisfies Record<string, { behind: ChannelKind; service: 'iot' | 'mi'; gate: object }>;

/** Gates before and behind channels of IoT Jobs. */
export const jobGates = {
  'soak-job': { behind: 'job', service: 'iot', gate: after('job', 10) },
  'job-timed': { behind: 'snap', service: 'jobs', gate: { allowedTimes } },
  'job-behind': {
    behind: 'job-cont',
    service: 'jobs',
    gate: { ...after('job-cont', 5), approval: { required: 1, skip: ['soakMinutes'] } },
  },
} as const satisfies Record<string, { behind: ChannelKind; service: 'iot' | 'jobs'; gate: object }>;
const allGates = { ...gates, ...jobGates };
export type AnyGatedChannel = keyof typeof allGates;

/** Two and a half hours after the beginning of a history. */
export const END_OF_JOBS = '2026-01-05T10:30';
const windows = [{ startTime: 'cron(0/20 * ? * * *)', durationInMinutes: 10 }];

function update(targets: string, more: object = {}, options: object = {}): object {
  return {
    createOTAUpdate: {
      targets: [`arn:aws:iot:us-east-1:000000000000:thinggroup/${targets}`],
      roleArn: `arn:aws:iam::000000000000:role/ota-${targets}`,
      targetSelection: 'SNAPSHOT',
      protocols: ['MQTT'],
      ...more,
    },
    unsigned: 'allow',
    ...options,
  };
}

function task(type: 'ONE_TIME' | 'CONTINUOUS', which: string, options: object = {}): object {
  const target =
    type === 'ONE_TIME'
      ? { Target: [`arn:aws:iotmanagedintegrations:us-east-1:000000000000:managed-thing/${which}`] }
      : { OtaTargetQueryString: `attributes.model=${which}` };
  return { createOtaTask: { OtaType: type, ...target, TaskConfigurationId: 'abc123' }, ...options };
}

function job(targets: string, more: object = {}, options: object = {}): object {
  return {
    createJob: {
      targets: [`arn:aws:iot:us-east-1:000000000000:thinggroup/${targets}`],
      presignedUrlConfig: { roleArn: `arn:aws:iam::000000000000:role/ota-${targets}` },
      ...more,
    },
    format: 'plain',
    ...options,
  };
}

function configuration(
  name: string,
  suffix: string,
  without: readonly string[] = [],
  bucket: string = BUCKET,
  isGated = true,
): Configuration {
  const all: Record<ChannelKind, object> = {
    snap: update(`snap${suffix}`),
    cont: update(`cont${suffix}`, { targetSelection: 'CONTINUOUS' }),
    kept: update(`kept${suffix}`, {}, { whenSuperseded: 'keep' }),
    last: update(`last${suffix}`, {}, { downgrade: 'allow' }),
    once: task('ONE_TIME', `once${suffix}`),
    query: task('CONTINUOUS', `query${suffix}`),
    replaced: task('ONE_TIME', `replaced${suffix}`, { whenSuperseded: 'delete' }),
    job: job(
      `job${suffix}`,
      { jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 2 }] } },
      { format: 'device-client' },
    ),
    'job-cont': job(`job-cont${suffix}`, { targetSelection: 'CONTINUOUS', schedulingConfig: { maintenanceWindows: windows } }),
    'job-end': job(`job-end${suffix}`, { targetSelection: 'CONTINUOUS', schedulingConfig: { endTime: END_OF_JOBS } }),
    'job-kept': job(`job-kept${suffix}`, {}, { whenSuperseded: 'keep' }),
  };
  const isThere = ({ gate, behind }: (typeof allGates)[AnyGatedChannel]) => !('after' in gate) || !without.includes(behind);
  const gated = Object.entries(allGates)
    .filter(([, one]) => isThere(one))
    .map(([kind, { service, gate }]): [string, object] => {
      const [targets, options] = [`${kind}${suffix}`, isGated ? gate : {}];
      if (service === 'jobs') return [kind, job(targets, {}, options)];
      return [kind, service === 'iot' ? update(targets, {}, options) : task('ONE_TIME', targets, options)];
    });
  const channels = Object.fromEntries([...Object.entries(all), ...gated].filter(([kind]) => !without.includes(kind)));
  const validated = validateChannels({
    artifactBuckets: [bucket],
    products: { [PRODUCT]: { sources: [SOURCE], approvers: [...APPROVERS], channels } },
  });
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return { name, channels: validated.channels };
}

export const usual: Configuration = configuration('usual', '');
/** What a person may deploy during a history: different targets and roles, fewer channels, a different bucket. */
export const others: readonly Configuration[] = [
  configuration('moved', '-2', [], BUCKET, false),
  configuration('smaller', '', ['snap', 'once', 'cont', 'job']),
  configuration('other bucket', '', [], 'acme-other'),
];
