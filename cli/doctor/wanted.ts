import type { Channels } from '../../domain/channels/schema.ts';

/** A role that AWS IoT assumes, with what the channels that name it let it do. */
export type WantedRole = {
  readonly arn: string;
  readonly channels: readonly string[];
  readonly targets: readonly string[];
  readonly profiles: readonly string[];
  /** Where AWS Signer puts signed firmware: `bucket/prefix`. */
  readonly signedTo: readonly string[];
  /** Whether AWS IoT carries out OTA updates with it. For a job it only signs the URLs of artifacts. */
  readonly isForUpdates: boolean;
  /** Whether it reads artifacts. For jobs whose devices download from elsewhere, it does not. */
  readonly readsArtifacts: boolean;
};

/** A thing with the channels that name it, as PRODUCT/CHANNEL. */
export type Named = { readonly name: string; readonly channels: readonly string[] };

/** What the channels of a stage need of an account. All variables are replaced. */
export type Wanted = {
  readonly buckets: readonly string[];
  readonly roles: readonly WantedRole[];
  readonly profiles: readonly Named[];
  /** Targets of AWS IoT, by their ARNs. */
  readonly targets: readonly Named[];
  readonly taskConfigurations: readonly Named[];
  /** The channels with jobs of their own, and all channels that have jobs. */
  readonly jobs: readonly string[];
  readonly withJobs: readonly string[];
  /** The channels of managed integrations. */
  readonly managedIntegrations: readonly string[];
  /** Every ARN of the file, with the path of its channel. */
  readonly arns: readonly Named[];
};

type Signing = {
  readonly startSigningJobParameter?: {
    readonly signingProfileName?: string;
    readonly signingProfileParameter?: object;
    readonly destination?: { readonly s3Destination?: { readonly bucket?: string; readonly prefix?: string } };
  };
};

/** Collects what channels need. Lists are in the order of the file, each thing once. */
export function wantedOf(channels: Channels): Wanted {
  const all = Object.entries(channels.products).flatMap(([product, { channels: own }]) =>
    Object.entries(own).map(([name, channel]) => ({ name: `${product}/${name}`, channel })),
  );
  const updates = all.flatMap(({ name, channel: { createOTAUpdate: update } }) => {
    if (update === undefined) return [];
    const signings = (update.files ?? []).flatMap(({ codeSigning }) => (codeSigning as Signing)?.startSigningJobParameter ?? []);
    return [{ name, role: update.roleArn, targets: update.targets ?? [], signings }];
  });
  const jobs = all.flatMap(({ name, channel }) => {
    if (channel.createJob === undefined) return [];
    const { presignedUrlConfig, targets: own = [], destinationPackageVersions: packages = [] } = channel.createJob;
    return [{ name, role: presignedUrlConfig.roleArn, targets: own, packages, signsUrls: channel.artifactUrl === undefined }];
  });
  const users = [...updates, ...jobs];
  const tasks = all.flatMap(({ name, channel: { createOtaTask: task } }) => (task === undefined ? [] : [{ name, task }]));
  // A release that brings signingProfileParameter makes its profile itself, so that profile need not exist.
  const profilesOf = ({ signings }: (typeof updates)[number]) =>
    signings.flatMap(({ signingProfileName: profile, signingProfileParameter: made }) =>
      profile === undefined || made !== undefined ? [] : [profile],
    );
  const targets = named(users.flatMap(({ name, targets: own }) => own.map((target) => [target, name] as const)));
  const managedThings = tasks.flatMap(({ name, task }) => (task.Target ?? []).map((target) => [target, name] as const));
  return {
    buckets: [...new Set(channels.artifactBuckets)],
    roles: named(users.map(({ name, role }) => [role, name] as const)).map(({ name: arn, channels: ofRole }) => {
      const own = updates.filter(({ role }) => role === arn);
      const signedTo = own.flatMap(({ signings }) => signings.map(({ destination }) => destination?.s3Destination));
      return {
        arn,
        channels: ofRole,
        targets: [...new Set(own.flatMap((update) => update.targets))],
        profiles: [...new Set(own.flatMap(profilesOf))],
        signedTo: [...new Set(signedTo.flatMap((to) => (to?.bucket === undefined ? [] : [`${to.bucket}/${to.prefix ?? ''}`])))],
        isForUpdates: own.length > 0,
        readsArtifacts: own.length > 0 || jobs.some(({ role, signsUrls }) => role === arn && signsUrls),
      };
    }),
    profiles: named(updates.flatMap((update) => profilesOf(update).map((profile) => [profile, update.name] as const))),
    targets,
    taskConfigurations: named(
      tasks.flatMap(({ name, task }) => (task.TaskConfigurationId === undefined ? [] : [[task.TaskConfigurationId, name] as const])),
    ),
    jobs: jobs.map(({ name }) => name),
    withJobs: users.map(({ name }) => name),
    managedIntegrations: tasks.map(({ name }) => name),
    arns: named([
      ...users.map(({ name, role }) => [role, name] as const),
      ...targets.flatMap(({ name, channels: ofTarget }) => ofTarget.map((user) => [name, user] as const)),
      ...jobs.flatMap(({ name, packages }) => packages.map((version) => [version, name] as const)),
      ...managedThings,
    ]),
  };
}

function named(pairs: readonly (readonly [name: string, channel: string])[]): Named[] {
  const users = new Map<string, string[]>();
  for (const [name, channel] of pairs) users.set(name, [...new Set([...(users.get(name) ?? []), channel])]);
  return [...users].map(([name, channels]) => ({ name, channels }));
}
