import type { Problem } from 'aws-ota-models';
import { formatPath, type Segment } from 'aws-ota-models';
import * as z from 'zod/mini';
import { findForbidden, findRepeated, firstProblemOf, valueAt } from '../json/problem.ts';
import { withoutEmptyMembers } from '../json/without-empty.ts';
import {
  described,
  flag,
  instant,
  isWithin,
  line,
  minute,
  name,
  passing,
  revision,
  schemaVersion,
  semVer,
  sha256,
  someText,
  text,
  textMap,
} from './fields.ts';
import { parseInstant } from './instant.ts';
import { accept, type RejectionCode, type Result, reject } from './rejection.ts';
import { rejectOtherMajor } from './schema-version.ts';
import { adviceOnSignature, isSignature, signatureRule } from './signature.ts';

const signature = () => z.string(signatureRule).check(z.refine(isSignature, signatureRule), z.meta({ contentEncoding: 'base64' }));

const structure = 'an object';
const anyAlgorithm = 'Any other name needs a channel with algorithms: any.';

const customCodeSigningSchema = described(
  z.strictObject(
    {
      signature: z.strictObject(
        {
          inlineDocument: described(
            signature(),
            'The bytes of the signature in base64, encoded once, as `openssl dgst -sha256 -sign KEY FILE | openssl base64 -A` prints them. The device decodes them once.',
          ),
        },
        structure,
      ),
      certificateChain: z.exactOptional(
        z.strictObject(
          {
            certificateName: described(z.exactOptional(text()), 'The name of the certificate on the device.'),
            inlineDocument: described(z.exactOptional(text()), 'The certificate chain in PEM.'),
          },
          structure,
        ),
      ),
      hashAlgorithm: described(someText(), `SHA1 or SHA256 in upper or lower case. ${anyAlgorithm}`),
      signatureAlgorithm: described(someText(), `ECDSA or RSA in upper or lower case. ${anyAlgorithm}`),
    },
    structure,
  ),
  'A signature that you made.',
);

const codeSigningSchema = described(
  z.strictObject(
    {
      awsSignerJobId: described(z.exactOptional(someText()), 'The ID of a finished AWS Signer job.'),
      customCodeSigning: z.exactOptional(customCodeSigningSchema),
    },
    structure,
  ),
  'At most one of the two. Only channels.yml may set startSigningJobParameter.',
);

const keyRule = 'an S3 key of 1 to 1024 bytes, without "." or ".." between slashes';
const versionRule = 'an S3 version ID, but not the "null" of a bucket without versioning';

const s3LocationSchema = z.strictObject(
  {
    bucket: someText(),
    key: described(
      passing(keyRule, isS3Key, { minLength: 1, maxLength: 1024, not: { pattern: '(?:^|/)\\.\\.?(?:/|$)' } }),
      '1 to 1024 bytes.',
    ),
    version: described(
      passing(versionRule, (id) => id !== 'null' && isWithin(id, 1, 1024), { minLength: 1, maxLength: 1024, not: { const: 'null' } }),
      'The S3 version ID. It makes sure that nobody can replace a released object.',
    ),
  },
  structure,
);

const fileLocationSchema = described(
  z.strictObject(
    {
      stream: z.exactOptional(z.strictObject({ streamId: someText(), fileId: z.exactOptional(z.int('a whole number')) }, structure)),
      s3Location: z.exactOptional(s3LocationSchema),
    },
    structure,
  ),
  'Exactly one of the two. Leave fileLocation out if only the signing job knows the location.',
);

const sizeRule = 'a whole number of at least 1';

const artifactSchema = z.strictObject(
  {
    fileName: described(z.exactOptional(text()), 'The name on the device.'),
    fileType: described(z.exactOptional(z.int('a whole number')), 'Only the device interprets it. 0 to 255 on IoT Core.'),
    fileVersion: z.exactOptional(text()),
    fileLocation: z.exactOptional(fileLocationSchema),
    sha256: described(z.exactOptional(sha256()), 'The SHA-256 of the file. Required with s3Location.'),
    sizeBytes: z.exactOptional(z.int(sizeRule).check(z.minimum(1, sizeRule))),
    codeSigning: z.exactOptional(codeSigningSchema),
    attributes: described(
      z.exactOptional(textMap()),
      'AWS keeps them with the update. IoT Core does not send them to devices. MI and IoT Jobs do, in the job document.',
    ),
    jobDocument: described(z._default(flag(), false), 'MI only: true if this file is the job document. At most one artifact may be.'),
  },
  structure,
);

const tagKeyRule = '1 to 128 characters and must not begin with "aws:" or "ota-dispatch."';
const reservedTag = /^(?:ota-dispatch\.|[aA][wW][sS]:)/;
const tagsSchema = z.record(
  passing(tagKeyRule, (key) => !reservedTag.test(key) && isWithin(key, 1, 128), {
    minLength: 1,
    maxLength: 128,
    not: { pattern: reservedTag.source },
  }),
  passing('text of at most 256 characters', (value) => isWithin(value, 0, 256), { maxLength: 256 }),
  'an object whose values are text',
);

/** A list of at least one item. */
const nonEmptyList = <S extends z.ZodMiniType>(item: S, rule: string, missing: string) =>
  z.array(item, rule).check(z.minLength(1, missing));

/** The detail of `Firmware Release Published`. {@link parseRelease} also checks the rules between members. */
export const releaseSchema = z.strictObject(
  {
    schemaVersion: schemaVersion(),
    product: described(name(), 'A product of channels.yml.'),
    version: semVer(),
    revision: described(z._default(revision(), 1), 'Raise it to release the same version again on purpose.'),
    channels: described(
      nonEmptyList(name(), 'a list of channel names', 'a list of at least 1 channel'),
      'Different channels of the product.',
    ),
    artifacts: described(
      nonEmptyList(artifactSchema, 'a list of artifacts', 'a list of at least 1 artifact'),
      "The members of AWS's OTAUpdateFile, and sha256, sizeBytes and jobDocument.",
    ),
    hardware: described(
      z.exactOptional(z.array(someText(), 'a list of hardware names')),
      'The hardware revisions that this firmware is made for. Required if the product lists hardware.',
    ),
    description: described(
      z.exactOptional(someText()),
      "The channel's own description wins. IoT Core and IoT Jobs accept no control characters. For MI, the service replaces other characters.",
    ),
    tags: described(z.exactOptional(tagsSchema), "Tags of the AWS update, task or job. The channel's tags win."),
    targets: described(
      z.exactOptional(nonEmptyList(someText(), 'a list of ARNs', 'a list of at least 1 target')),
      "ARNs in place of the channel's targets. The channel must permit them with targetsFromRelease.",
    ),
    startAt: described(
      z.exactOptional(minute()),
      'MI and IoT Jobs: the start, at a whole minute. The channel must permit it with scheduleFromRelease: allow.',
    ),
    endAt: described(
      z.exactOptional(minute()),
      'MI and IoT Jobs: the end, at a whole minute after startAt. The channel must permit it with scheduleFromRelease: allow.',
    ),
    notAfter: described(z.exactOptional(instant()), 'The service creates nothing after this instant.'),
    dryRun: described(z._default(flag(), false), 'true: plan and report, but change nothing.'),
    correlationId: described(z.exactOptional(line(256)), 'Copied into every outcome event and log line.'),
  },
  structure,
);

/** A release as a producer writes it, with optional members left out. */
export type ReleaseEvent = z.input<typeof releaseSchema>;
type Parsed = z.output<typeof releaseSchema>;
type Frozen<T> = T extends readonly (infer U)[] ? readonly Frozen<U>[] : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** A release as the service reads it, with defaults filled in: `schemaVersion` 1, `revision` 1, `dryRun` false, `jobDocument` false. */
export type Release = Frozen<Parsed>;
export type Artifact = Release['artifacts'][number];

/**
 * The release in `detail`, or the first rule that it breaks. It checks the major schema version first, then names and
 * values that are forbidden everywhere. The members follow in the order of the schema, then the rules between members. Optional
 * members that are empty are left out of the release.
 *
 * The code is UNSUPPORTED_SCHEMA_VERSION, INVALID_RELEASE or INVALID_SIGNING. Never throws on a parsed JSON value.
 */
export function parseRelease(detail: unknown): Result<Release> {
  const otherMajor = rejectOtherMajor(detail);
  if (otherMajor) return otherMajor;
  const forbidden = findForbidden(detail);
  if (forbidden) return invalid(forbidden);
  const parsed = releaseSchema.safeParse(detail);
  if (!parsed.success) {
    const first = explainSigning(firstProblemOf(parsed.error, detail, releaseSchema), detail);
    return invalid(first, first.code);
  }
  const release = withoutEmpty(parsed.data);
  const broken = findBrokenRule(release);
  return broken ? invalid(broken, broken.code) : accept(release);
}

/** The release without optional members that are empty. They say nothing, and AWS does not take an empty `codeSigning`. */
function withoutEmpty(release: Parsed): Parsed {
  return {
    ...withoutEmptyMembers(release, ['tags', 'hardware']),
    artifacts: release.artifacts.map((artifact) => {
      const { codeSigning, ...others } = withoutEmptyMembers(artifact, ['codeSigning', 'attributes']);
      const custom = codeSigning?.customCodeSigning;
      if (codeSigning === undefined) return others;
      const customCodeSigning = custom && withoutEmptyMembers(custom, ['certificateChain']);
      return { ...others, codeSigning: customCodeSigning ? { ...codeSigning, customCodeSigning } : codeSigning };
    }),
  };
}

export type BrokenRule = Problem & { readonly code?: RejectionCode };

const twoSignings = { message: 'has both awsSignerJobId and customCodeSigning: remove one of them', code: 'INVALID_SIGNING' } as const;

function invalid(problem: Problem, code: RejectionCode = 'INVALID_RELEASE') {
  return reject(code, formatPath(problem.path), problem.message);
}

/**
 * A problem inside `codeSigning`, with its code and the words for it. A wrong signature is INVALID_SIGNING, and so is anything
 * but text as an algorithm, whose name the channel judges. A missing or unknown member is INVALID_RELEASE, as everywhere else.
 */
export function explainSigning(problem: Problem, detail: unknown): BrokenRule {
  const [, , codeSigning, custom, member, inner] = problem.path;
  if (codeSigning !== 'codeSigning') return problem;
  if (custom === 'startSigningJobParameter') {
    return { ...problem, message: 'only channels.yml may set this, because it names a bucket and a profile: remove it' };
  }
  const signing = problem.path.slice(0, 3);
  if (hasTwoSignings(detail, signing)) return { path: signing, ...twoSignings };
  const isAlgorithm = member === 'hashAlgorithm' || member === 'signatureAlgorithm';
  const isBlob = member === 'signature' && inner === 'inlineDocument';
  if (custom !== 'customCodeSigning' || problem.kind !== undefined || !(isAlgorithm || isBlob)) return problem;
  const given = valueAt(detail, problem.path);
  const advice = isBlob && typeof given === 'string' ? adviceOnSignature(given) : undefined;
  return { ...problem, code: 'INVALID_SIGNING', message: advice ?? problem.message };
}

function hasTwoSignings(detail: unknown, signing: readonly Segment[]): boolean {
  const isThere = (way: string) => valueAt(detail, [...signing, way]) !== undefined;
  return isThere('awsSignerJobId') && isThere('customCodeSigning');
}

function findBrokenRule(release: Release): BrokenRule | undefined {
  const repeated = findRepeated(release.channels);
  if (repeated !== -1) return { path: ['channels', repeated], message: 'this channel is listed twice: remove one of the two' };
  for (const [index, artifact] of release.artifacts.entries()) {
    const broken = findBrokenArtifactRule(artifact);
    if (broken) return { ...broken, path: ['artifacts', index, ...broken.path] };
  }
  const documents = release.artifacts.flatMap((artifact, index) => (artifact.jobDocument ? [index] : []));
  const [, second] = documents;
  if (second !== undefined) return { path: ['artifacts', second, 'jobDocument'], message: 'only one artifact may be the job document' };
  return findBrokenSchedule(release);
}

function findBrokenArtifactRule(artifact: Artifact): BrokenRule | undefined {
  const { codeSigning, fileLocation, sha256 } = artifact;
  if (codeSigning?.awsSignerJobId !== undefined && codeSigning.customCodeSigning !== undefined) {
    return { path: ['codeSigning'], ...twoSignings };
  }
  if (fileLocation === undefined && codeSigning?.awsSignerJobId === undefined) {
    return { path: ['fileLocation'], message: 'required, unless awsSignerJobId names a job that knows the location' };
  }
  if (fileLocation && (fileLocation.stream === undefined) === (fileLocation.s3Location === undefined)) {
    return { path: ['fileLocation'], message: 'must have exactly one of stream and s3Location' };
  }
  if (fileLocation?.s3Location && sha256 === undefined) return { path: ['sha256'], message: 'required with s3Location' };
  if (artifact.jobDocument && !fileLocation?.s3Location)
    return { path: ['fileLocation'], message: 'the job document must be in S3: give its s3Location' };
  return undefined;
}

function findBrokenSchedule({ startAt, endAt }: Release): BrokenRule | undefined {
  if (startAt === undefined || endAt === undefined) return undefined;
  const start = parseInstant(startAt);
  const end = parseInstant(endAt);
  return start !== undefined && end !== undefined && end > start ? undefined : { path: ['endAt'], message: 'must be after startAt' };
}

function isS3Key(key: string): boolean {
  if (key.length < 1 || key.length > 1024 || new TextEncoder().encode(key).length > 1024) return false;
  return key.split('/').every((part) => part !== '.' && part !== '..');
}
