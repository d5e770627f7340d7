import type { FleetSettings } from 'embedded-aws/src/fleet/plan.ts';
import type { OutcomeEvent } from '../../domain/rollout/outcome-schema.ts';
import type { Rollout, State } from '../../domain/rollout/rollout.ts';
import { hasEnded, hasSettled, type StageInTime } from '../../proof/stage/stage-in-time.ts';

/** One way through the life of a rollout. The test cuts it at every call. */
export type Scenario = {
  readonly name: string;
  readonly fleet?: Partial<FleetSettings>;
  /** The text of a channels.yml that replaces the one of the examples. */
  readonly channels?: string;
  /** Runs undisturbed, and settles before `act`. */
  readonly prepare?: (stage: StageInTime) => Promise<void>;
  /** Whether a row has come as far as `act` needs it. By default, if it is CREATED or final. */
  readonly prepared?: (row: Rollout) => boolean;
  readonly act: (stage: StageInTime) => Promise<void>;
  /** Whether a row has reached its end. By default, if it is CREATED or final. */
  readonly ends?: (row: Rollout) => boolean;
  /** `VERSION CHANNEL` → state. */
  readonly states: Readonly<Record<string, State>>;
  /** Published at least once. */
  readonly published: readonly OutcomeEvent['detailType'][];
};

const waiting: Partial<FleetSettings> = { ratios: { failed: 0, rejected: 0, timedOut: 0, offline: 1 } };
const minutes = (count: number) => count * 60_000;

export async function thermostat(stage: StageInTime, version = '2.4.1') {
  return {
    product: 'thermostat',
    version,
    channels: ['beta'],
    hardware: ['T6-B', 'T6-C'],
    artifacts: [await stage.artifact(`thermostat/${version}`)],
    correlationId: `build-${version}`,
  };
}

export async function hub(stage: StageInTime, version = '1.0.0') {
  return { product: 'hub', version, channels: ['stable'], artifacts: [await stage.artifact(`hub/${version}`)] };
}

export async function camera(stage: StageInTime, version = '5.0.0') {
  return { product: 'camera', version, channels: ['canary'], artifacts: [await stage.artifact(`camera/${version}`)] };
}

const created = 'OTA Rollout Created';

const BOARD = 'com.acme.release-board';
const template = (channel: string) =>
  `{ targets: ["arn:aws:iot:us-east-1:000000000000:thinggroup/thermostat-${channel}"], roleArn: arn:aws:iam::000000000000:role/ota-service-local }`;

/** Thermostat with `beta`, and `stable` behind it and behind an approval. */
const gatedChannels = `
artifactBuckets: [acme-firmware]
products:
  thermostat:
    sources: [com.acme.firmware-ci]
    approvers: [${BOARD}]
    hardware: [T6-B, T6-C]
    channels:
      beta: { unsigned: allow, createOTAUpdate: ${template('beta')} }
      stable: { unsigned: allow, createOTAUpdate: ${template('stable')}, after: { channel: beta, soakMinutes: 5 }, approval: required }
`;
/** Cameras, whose updates are jobs of their own. */
export const camerasWith = (more = '', options = '') => `
artifactBuckets: [acme-firmware]
products:
  camera:
    sources: [com.acme.firmware-ci]
    channels:
      canary:
        ${options}
        format: plain
        createJob:
          targets: ["arn:aws:iot:us-east-1:000000000000:thinggroup/camera-canary"]
          presignedUrlConfig: { roleArn: arn:aws:iam::000000000000:role/ota-service-local }
          ${more}
`;
const waitsOnlyFor = (row: Rollout, reason: string) => row.outbox.length === 0 && row.waits?.told.join() === reason;

export const scenarios: readonly Scenario[] = [
  {
    name: 'a new release at IoT Core, until it is created',
    fleet: waiting,
    act: async (stage) => stage.publish(await thermostat(stage)),
    states: { '2.4.1 beta': 'CREATED' },
    published: [created],
  },
  {
    name: 'a new release at managed integrations, until it is created',
    fleet: waiting,
    act: async (stage) => stage.publish(await hub(stage)),
    states: { '1.0.0 stable': 'CREATED' },
    published: [created],
  },
  {
    name: 'a release for both services',
    fleet: waiting,
    act: async (stage) =>
      stage.publish({ product: 'gateway', version: '3.0.0', channels: ['gateways', 'hubs'], artifacts: [await stage.artifact('gateway')] }),
    states: { '3.0.0 gateways': 'CREATED', '3.0.0 hubs': 'CREATED' },
    published: [created],
  },
  {
    name: 'a newer release that supersedes a created one',
    fleet: waiting,
    prepare: async (stage) => stage.publish(await thermostat(stage)),
    act: async (stage) => stage.publish(await thermostat(stage, '2.5.0')),
    ends: (row) => (row.version === '2.5.0' ? hasSettled(row) : hasEnded(row)),
    states: { '2.4.1 beta': 'SUPERSEDED', '2.5.0 beta': 'CREATED' },
    published: [created, 'OTA Rollout Superseded'],
  },
  {
    name: 'the withdrawal of a created rollout at IoT Core',
    fleet: waiting,
    prepare: async (stage) => stage.publish(await thermostat(stage)),
    act: (stage) => stage.withdraw({ product: 'thermostat', version: '2.4.1', reasonCode: 'BAD_CURVE' }),
    ends: hasEnded,
    states: { '2.4.1 beta': 'WITHDRAWN' },
    published: ['OTA Release Withdrawn', 'OTA Rollout Withdrawn'],
  },
  {
    name: 'the withdrawal of a created rollout at managed integrations',
    fleet: waiting,
    prepare: async (stage) => stage.publish(await hub(stage)),
    act: (stage) => stage.withdraw({ product: 'hub', version: '1.0.0' }),
    ends: hasEnded,
    states: { '1.0.0 stable': 'WITHDRAWN' },
    published: ['OTA Release Withdrawn', 'OTA Rollout Withdrawn'],
  },
  {
    name: 'a new release at IoT Jobs, until it is created',
    fleet: waiting,
    channels: camerasWith(),
    act: async (stage) => stage.publish(await camera(stage)),
    states: { '5.0.0 canary': 'CREATED' },
    published: [created],
  },
  {
    name: 'a newer job that supersedes a created one',
    fleet: waiting,
    channels: camerasWith(),
    prepare: async (stage) => stage.publish(await camera(stage)),
    act: async (stage) => stage.publish(await camera(stage, '5.1.0')),
    ends: (row) => (row.version === '5.1.0' ? hasSettled(row) : hasEnded(row)),
    states: { '5.0.0 canary': 'SUPERSEDED', '5.1.0 canary': 'CREATED' },
    published: [created, 'OTA Rollout Superseded'],
  },
  {
    name: 'the withdrawal of a created rollout at IoT Jobs',
    fleet: waiting,
    channels: camerasWith(),
    prepare: async (stage) => stage.publish(await camera(stage)),
    act: (stage) => stage.withdraw({ product: 'camera', version: '5.0.0' }),
    ends: hasEnded,
    states: { '5.0.0 canary': 'WITHDRAWN' },
    published: ['OTA Release Withdrawn', 'OTA Rollout Withdrawn'],
  },
  {
    name: 'the completion of a job, of which an event tells',
    fleet: { startMilliseconds: [minutes(3), minutes(3)], updateMilliseconds: [minutes(4), minutes(4)] },
    channels: camerasWith(),
    prepare: async (stage) => stage.publish(await camera(stage)),
    act: async (stage) => {
      stage.advance(minutes(8));
      const [row] = await stage.rows();
      await stage.send('follow-ups', JSON.stringify({ jobId: `${row?.rolloutId}-1`, operation: 'completed' }));
    },
    ends: hasEnded,
    states: { '5.0.0 canary': 'COMPLETED' },
    published: [created, 'OTA Rollout Completed'],
  },
  {
    name: 'the completion of a rollout',
    fleet: { startMilliseconds: [minutes(3), minutes(3)], updateMilliseconds: [minutes(4), minutes(4)] },
    prepare: async (stage) => stage.publish(await thermostat(stage)),
    act: async () => undefined,
    ends: hasEnded,
    states: { '2.4.1 beta': 'COMPLETED' },
    published: [created, 'OTA Rollout Completed'],
  },
  {
    name: 'a creation that fails late, and the next attempt',
    fleet: waiting,
    act: async (stage) => {
      stage.aws.faults.add({
        service: 'iot',
        kind: 'createFailed',
        times: 1,
        errorInfo: { code: 'ThrottlingException', message: 'Rate exceeded' },
      });
      await stage.publish(await thermostat(stage));
    },
    states: { '2.4.1 beta': 'CREATED' },
    published: [created],
  },
  {
    name: 'a gate, until its channel before has soaked and an approval opens it',
    channels: gatedChannels,
    prepare: async (stage) => stage.publish({ ...(await thermostat(stage)), channels: ['beta', 'stable'] }),
    prepared: (row) => (row.channel === 'beta' ? hasEnded(row) : waitsOnlyFor(row, 'APPROVAL')),
    act: (stage) => stage.publish({ product: 'thermostat', version: '2.4.1', channels: ['stable'] }, 'Firmware Release Approved', BOARD),
    ends: hasEnded,
    states: { '2.4.1 beta': 'COMPLETED', '2.4.1 stable': 'COMPLETED' },
    published: ['OTA Rollout Waiting', 'OTA Release Approved', 'OTA Rollout Promoted', created],
  },
  {
    name: 'a gate that shuts',
    channels: gatedChannels,
    prepare: async (stage) => stage.publish({ ...(await thermostat(stage)), channels: ['beta', 'stable'] }),
    prepared: (row) => (row.channel === 'beta' ? hasEnded(row) : waitsOnlyFor(row, 'APPROVAL')),
    act: (stage) => stage.withdraw({ product: 'thermostat', version: '2.4.1', channels: ['beta'] }),
    ends: hasEnded,
    states: { '2.4.1 beta': 'WITHDRAWN', '2.4.1 stable': 'FAILED' },
    published: ['OTA Release Withdrawn', 'OTA Rollout Failed'],
  },
  {
    name: 'the end of a hold, and the create that it kept back',
    channels: gatedChannels,
    fleet: waiting,
    prepare: async (stage) => {
      await stage.publish({ product: 'thermostat', holdId: 'h-1', reason: 'holidays' }, 'Firmware Channel Held', BOARD);
      await stage.settle(stage.sandbox());
      await stage.publish(await thermostat(stage));
    },
    prepared: (row) => waitsOnlyFor(row, 'HELD'),
    act: (stage) => stage.publish({ product: 'thermostat', holdId: 'h-1' }, 'Firmware Channel Resumed', BOARD),
    states: { '2.4.1 beta': 'CREATED' },
    published: ['OTA Channel Held', 'OTA Rollout Waiting', 'OTA Channel Resumed', created],
  },
  {
    name: 'a duplicate of an accepted release',
    fleet: waiting,
    prepare: async (stage) => stage.publish(await thermostat(stage)),
    act: async (stage) => {
      const [row] = await stage.rows();
      if (row === undefined) throw new Error('no release was accepted that could be published again');
      const [file] = row.request['files'] as readonly { readonly fileLocation: object }[];
      const { artifacts, ...rest } = await thermostat(stage);
      await stage.publish({ ...rest, artifacts: artifacts.map((artifact) => ({ ...artifact, fileLocation: file?.fileLocation })) });
    },
    states: { '2.4.1 beta': 'CREATED' },
    published: [created, 'OTA Release Duplicate'],
  },
  {
    name: 'a release that is rejected',
    act: async (stage) => stage.publish({ ...(await thermostat(stage)), hardware: ['T5'] }),
    states: {},
    published: ['OTA Release Rejected'],
  },
];
