import type { Channels } from '../../domain/channels/schema.ts';
import { validateChannels } from '../../domain/channels/validate.ts';

/** One of the versions of channels.yml in a history. */
export type Configuration = { readonly name: string; readonly channels: Channels };

export const PRODUCT = 'alpha';
export const SOURCE = 'com.acme.firmware-ci';
export const BUCKET = 'acme-firmware';

/** Every kind of channel whose rollouts live differently. */
export const channelKinds = ['snap', 'cont', 'kept', 'last', 'once', 'query', 'replaced'] as const;
export type ChannelKind = (typeof channelKinds)[number];

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

function configuration(name: string, suffix: string, without: readonly string[] = [], bucket = BUCKET): Configuration {
  const all: Record<ChannelKind, object> = {
    snap: update(`snap${suffix}`),
    cont: update(`cont${suffix}`, { targetSelection: 'CONTINUOUS' }),
    kept: update(`kept${suffix}`, {}, { whenSuperseded: 'keep' }),
    last: update(`last${suffix}`, {}, { downgrade: 'allow' }),
    once: task('ONE_TIME', `once${suffix}`),
    query: task('CONTINUOUS', `query${suffix}`),
    replaced: task('ONE_TIME', `replaced${suffix}`, { whenSuperseded: 'delete' }),
  };
  const channels = Object.fromEntries(Object.entries(all).filter(([kind]) => !without.includes(kind)));
  const validated = validateChannels({ artifactBuckets: [bucket], products: { [PRODUCT]: { sources: [SOURCE], channels } } });
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return { name, channels: validated.channels };
}

export const usual: Configuration = configuration('usual', '');
/** What a person may deploy during a history: different targets and roles, fewer channels, a different bucket. */
export const others: readonly Configuration[] = [
  configuration('moved', '-2'),
  configuration('smaller', '', ['snap', 'once', 'cont']),
  configuration('other bucket', '', [], 'acme-other'),
];
