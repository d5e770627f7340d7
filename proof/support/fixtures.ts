import type { Channel, Channels, JobTemplate, OtaTaskTemplate, OtaUpdateTemplate } from '../../domain/channels/schema.ts';
import type { Artifact, Release } from '../../domain/release/release.ts';
import { type PlanContext, planRelease } from '../../domain/request/plan.ts';
import type { Plan } from '../../domain/request/planned-rollout.ts';

export const accountId = '000000000000';
export const region = 'us-east-1';
export const group = `arn:aws:iot:${region}:${accountId}:thinggroup/thermostat-beta`;
export const thing = (name: string) => `arn:aws:iot:${region}:${accountId}:thing/${name}`;
export const managedThing = (name: string) => `arn:aws:iotmanagedintegrations:${region}:${accountId}:managed-thing/${name}`;
export const roleArn = `arn:aws:iam::${accountId}:role/ota-service-local`;
export const source = 'com.acme.firmware-ci';
export const now = Date.parse('2026-11-23T12:00:00Z');
export const place = { accountId, region, stage: 'local', documentsBucket: `ota-dispatch-local-documents-${accountId}-${region}` };
export const context: PlanContext = { place, source, now };

const signedByRelease = {
  customCodeSigning: {
    signature: { inlineDocument: 'MEUCIQ==' },
    certificateChain: { certificateName: '/cert.pem' },
    hashAlgorithm: 'SHA256',
    signatureAlgorithm: 'ECDSA',
  },
} as const;

export const artifact: Artifact = {
  fileName: '/app.bin',
  fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'thermostat/2.4.1/app.bin', version: '3HL4kqtJlcpXroDTDmJ' } },
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  codeSigning: signedByRelease,
  jobDocument: false,
};

export const release: Release = {
  schemaVersion: '1',
  product: 'thermostat',
  version: '2.4.1',
  revision: 1,
  channels: ['beta'],
  artifacts: [artifact],
  dryRun: false,
};

/** The smallest template of an IoT Core channel. */
const otaUpdateTemplate: OtaUpdateTemplate = { targets: [group], roleArn };
/** The smallest template of a managed integrations channel. */
const otaTaskTemplate: OtaTaskTemplate = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub-2' };
/** The smallest template of an IoT Jobs channel. */
const jobTemplate: JobTemplate = { targets: [group], presignedUrlConfig: { roleArn } };

export const otaUpdateChannel = (template: object = {}, options: object = {}): Channel => ({
  ...options,
  createOTAUpdate: { ...otaUpdateTemplate, ...template },
});
export const otaTaskChannel = (template: object = {}, options: object = {}): Channel => ({
  ...options,
  createOtaTask: { ...otaTaskTemplate, ...template },
});
/** Its document is for an agent of one's own, unless `options` say otherwise. */
export const jobChannel = (template: object = {}, options: object = {}): Channel => ({
  format: 'plain',
  ...options,
  createJob: { ...jobTemplate, ...template },
});

/** A copy without the members that are undefined. */
export function without<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}

export function channelsOf(channels: Record<string, Channel>, hardware?: readonly string[]): Channels {
  const product = hardware === undefined ? { sources: [source], channels } : { sources: [source], hardware, channels };
  return { artifactBuckets: ['acme-firmware'], products: { thermostat: product } };
}

/** The plan of one release on one channel, `beta`. */
export function planOn(channel: Channel, changes: Partial<Release> = {}): Plan {
  return planRelease(without({ ...release, ...changes }), channelsOf({ beta: channel }), context);
}

/** The first request of a plan. Throws with the rejections if the plan has none. */
export function requestOf(plan: Plan): Readonly<Record<string, unknown>> {
  const [rollout] = plan.rollouts;
  if (rollout === undefined) throw new Error(`rejected: ${JSON.stringify(plan.rejections)}`);
  return rollout.input;
}

/** `code path` of every rejection, in order. */
export const refusals = (plan: Plan): string[] => plan.rejections.map(({ code, path }) => `${code} ${path}`);

/** The value at a path such as `files[0].codeSigning`. */
export function at(value: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]"]+(?:\.[^.[\]"]+)*(?="\])|[^.[\]"]+/g) ?? [];
  return steps.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, step) : undefined),
    value,
  );
}
