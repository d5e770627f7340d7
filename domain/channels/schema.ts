import type { Problem } from 'aws-ota-models';
import { isRecord, type Segment } from 'aws-ota-models';
import * as z from 'zod/mini';
import { compact } from '../json/compact.ts';
import { problemsOf } from '../json/problem.ts';
import { described, matching, name, passing, someText } from '../release/fields.ts';
import { gateMembers, wordsForMisplaced } from './gate-members.ts';
import type { JobTemplate, OtaTaskTemplate, OtaUpdateTemplate } from './template.ts';
import { namesOf, noTemplate, type TemplateName, templateNames } from './template-name.ts';

export type { FileTemplate, JobTemplate, OtaTaskTemplate, OtaUpdateTemplate } from './template.ts';

const allow = () => z.literal('allow', 'the word allow');
const object = 'an object';

const optionsSchema = {
  unguarded: described(
    z.exactOptional(allow()),
    'allow: the service adds no abort criteria and no timeout (IoT Core, IoT Jobs), and TaskConfigurationId is optional (MI).',
  ),
  unsigned: described(z.exactOptional(allow()), 'allow: files may have no signature (IoT Core).'),
  algorithms: described(
    z.exactOptional(z.literal('any', 'the word any')),
    'any: hashAlgorithm and signatureAlgorithm of a release may be names that FreeRTOS devices do not know.',
  ),
  unverified: described(
    z.exactOptional(
      z
        .array(z.enum(['stream', 'signerJob'], 'stream or signerJob'), 'a list of the words stream and signerJob')
        .check(z.refine(isUnique, 'a list of different words')),
    ),
    'Files without an S3 location that are permitted, although the service cannot verify them (IoT Core).',
  ),
  targetsFromRelease: described(
    z.exactOptional(
      z
        .array(someText(), 'a list of globs')
        .check(z.minLength(1, 'a list of at least 1 glob'), z.refine(isUnique, 'a list of different globs')),
    ),
    'Globs with * that match the whole ARN. A release may replace the targets with ones that match.',
  ),
  scheduleFromRelease: described(z.exactOptional(allow()), 'allow: a release may set startAt and endAt (MI, IoT Jobs).'),
  downgrade: described(z.exactOptional(allow()), 'allow: the last accepted release wins, even if its version is older.'),
  whenSuperseded: described(
    z.exactOptional(z.enum(['keep', 'cancel', 'delete'], 'keep, cancel or delete')),
    'What happens to the older rollout: keep, cancel (IoT Core and IoT Jobs, their default) or delete (MI, default of CONTINUOUS).',
  ),
};

/** A channel. It does not look inside the AWS requests. */
export const channelSchema = z.strictObject(
  {
    createOTAUpdate: described(
      z.exactOptional(z.custom<OtaUpdateTemplate>(isRecord, object)),
      'The CreateOTAUpdate request of AWS IoT Core, without the members that the release gives.',
    ),
    createOtaTask: described(
      z.exactOptional(z.custom<OtaTaskTemplate>(isRecord, object)),
      'The CreateOtaTask request of managed integrations, without the members that the release gives.',
    ),
    createJob: described(
      z.exactOptional(z.custom<JobTemplate>(isRecord, object)),
      'The CreateJob request of AWS IoT Jobs, without the members that the release gives.',
    ),
    format: described(
      z.exactOptional(z.enum(['device-client', 'plain'], 'device-client or plain')),
      'IoT Jobs only, and required there: the form of the job document. device-client for the AWS IoT Device Client, plain for an agent of your own.',
    ),
    jobDocument: described(
      z.exactOptional(z.record(z.string(), z.unknown(), object)),
      'MI and IoT Jobs: static members that are merged into the job document.',
    ),
    artifactUrl: described(
      z.exactOptional(someText()),
      'MI and IoT Jobs: the pattern of url in the job document, with {bucket}, {key}, {version} and {region}. Without it devices of MI get an unsigned S3 URL, and devices of IoT Jobs a presigned one.',
    ),
    ...gateMembers,
    ...optionsSchema,
  },
  object,
);

const serviceSource = 'ota-dispatch';
const sourceRule = `an event source other than aws.* (reserved for AWS) and ${serviceSource} (this service), with 1 to 256 ASCII characters and without blanks or *`;
/** An event source that may publish or steer. */
export const source = () => matching(sourceRule, new RegExp(`^(?!aws\\.|${serviceSource}$)[!-)+-~]{1,256}$`));
const bucketRule = 'the name of an S3 bucket: 3 to 63 characters of a-z, 0-9, - and single dots, and not an IP address';
const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const notABucket = /\.\.|^[0-9]+(?:\.[0-9]+){3}$|^xn--|^sthree-|^amzn-s3-demo-/;
/** The name of an S3 bucket. */
export const bucket = () =>
  passing(bucketRule, (text) => bucketPattern.test(text) && !notABucket.test(text), {
    pattern: bucketPattern.source,
    allOf: [{ not: { pattern: notABucket.source } }],
  });

const productSchema = z.strictObject(
  {
    sources: described(
      z
        .array(source(), 'a list of event sources')
        .check(z.minLength(1, 'a list of at least 1 source'), z.refine(isUnique, 'a list of different sources')),
      'Event sources that may release and withdraw this product.',
    ),
    approvers: described(
      z.exactOptional(
        z
          .array(source(), 'a list of event sources')
          .check(z.minLength(1, 'a list of at least 1 source'), z.refine(isUnique, 'a list of different sources')),
      ),
      'Event sources that may approve and withdraw releases of this product, and hold and resume its channels. None of them may be in sources.',
    ),
    hardware: described(
      z.exactOptional(
        z
          .array(someText(), 'a list of hardware names')
          .check(z.minLength(1, 'a list of at least 1 name'), z.refine(isUnique, 'a list of different names')),
      ),
      'The hardware revisions of the product. A release must list all of them.',
    ),
    channels: described(
      z
        .record(name(), channelSchema, 'an object with a member for each channel')
        .check(z.refine(isNotEmpty, 'an object with at least 1 channel')),
      'The named destinations of the product.',
    ),
  },
  object,
);

/** channels.yml with its variables replaced. It does not look inside the AWS requests; see {@link readStructure}. */
export const channelsSchema = z.strictObject(
  {
    artifactBuckets: described(
      z.array(bucket(), 'a list of S3 buckets').check(z.refine(isUnique, 'a list of different buckets')),
      'S3 buckets. Artifacts in any other bucket are rejected.',
    ),
    products: z
      .record(name(), productSchema, 'an object with a member for each product')
      .check(z.refine(isNotEmpty, 'an object with at least 1 product')),
  },
  object,
);

type ParsedChannel = z.output<typeof channelSchema>;

/** What a schema parses, as values that nobody changes. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** The members of a channel about its job documents: static members, and the pattern of `url`. */
export type DocumentTemplate = Frozen<Pick<ParsedChannel, 'jobDocument' | 'artifactUrl'>>;

export type WhenSuperseded = NonNullable<ParsedChannel['whenSuperseded']>;

/** The form of the job document of a `createJob` channel. */
export type DocumentFormat = NonNullable<ParsedChannel['format']>;

export type ChannelOptions = Frozen<Omit<ParsedChannel, TemplateName | 'format' | keyof DocumentTemplate>>;

type Without<Name extends TemplateName> = { readonly [Other in Exclude<TemplateName, Name>]?: undefined };

/** A channel has exactly one of the templates, and only the members that belong to it. */
export type Channel = ChannelOptions &
  (
    | ({ readonly createOTAUpdate: OtaUpdateTemplate } & Without<'createOTAUpdate'>)
    | ({ readonly createOtaTask: OtaTaskTemplate } & Without<'createOtaTask'> & DocumentTemplate)
    | ({ readonly createJob: JobTemplate; readonly format: DocumentFormat } & Without<'createJob'> & DocumentTemplate)
  );

export type Product = Frozen<Omit<z.output<typeof productSchema>, 'channels'>> & { readonly channels: Readonly<Record<string, Channel>> };

/** The content of channels.yml with its variables replaced. */
export type Channels = Frozen<Omit<z.output<typeof channelsSchema>, 'products'>> & { readonly products: Readonly<Record<string, Product>> };

/**
 * The content of channels.yml, or every problem of its structure in the order of the schema. It checks all members outside
 * of the AWS requests. Each channel must have exactly one request, and no member that belongs to another one. Use
 * `validateChannels` to check the requests too. Never throws.
 */
export function readStructure(value: unknown): { readonly channels: Channels } | { readonly problems: readonly Problem[] } {
  const parsed = channelsSchema.safeParse(value);
  if (!parsed.success) return { problems: problemsOf(parsed.error, value, channelsSchema).map(wordsForMisplaced) };
  const problems: Problem[] = [];
  const products: Record<string, Product> = {};
  for (const [productName, { channels: given, ...product }] of Object.entries(parsed.data.products)) {
    const channels: Record<string, Channel> = {};
    for (const [channelName, channel] of Object.entries(given)) {
      const found = toChannel(channel, ['products', productName, 'channels', channelName]);
      if (Array.isArray(found)) problems.push(...found);
      else channels[channelName] = found;
    }
    products[productName] = { ...product, channels };
  }
  return problems.length > 0 ? { problems } : { channels: { artifactBuckets: parsed.data.artifactBuckets, products } };
}

/** The members of a channel that belong to some templates only. */
const membersOfTemplates = {
  jobDocument: ['createOtaTask', 'createJob'],
  artifactUrl: ['createOtaTask', 'createJob'],
  format: ['createJob'],
} as const satisfies Partial<Record<keyof ParsedChannel, readonly TemplateName[]>>;

function toChannel(parsed: ParsedChannel, path: readonly Segment[]): Channel | Problem[] {
  const [name, second] = templateNames.filter((one) => parsed[one] !== undefined);
  if (second !== undefined)
    return [{ path: [...path, second], message: `a channel must not have both ${name} and ${second}: remove one of them` }];
  const misplaced = Object.entries(membersOfTemplates).flatMap(([member, owners]) =>
    parsed[member as keyof typeof membersOfTemplates] === undefined || (owners as readonly unknown[]).includes(name)
      ? []
      : [{ path: [...path, member], message: `only a channel with ${namesOf(owners)} may have this member: remove it` }],
  );
  if (name !== undefined && misplaced.length > 0) return misplaced;
  const { createOTAUpdate, createOtaTask, createJob, format, jobDocument, artifactUrl, ...options } = parsed;
  const document = compact({ jobDocument, artifactUrl });
  if (createOTAUpdate) return { ...options, createOTAUpdate };
  if (createOtaTask) return { ...options, createOtaTask, ...document };
  if (!createJob) return [{ path, message: noTemplate }];
  if (format) return { ...options, createJob, format, ...document };
  const message = 'required, because a device rejects a document of the wrong form: set device-client or plain, beside createJob';
  return [{ path: [...path, 'format'], message }];
}

function isUnique(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length;
}

function isNotEmpty(map: object): boolean {
  return Object.keys(map).length > 0;
}
