import { createHash } from 'node:crypto';
import { releaseDigest } from '../../domain/release/digest.ts';
import { parseRelease, type Release } from '../../domain/release/release.ts';
import { BUCKET, PRODUCT, SOURCE } from './configurations.ts';

/** Part of every text of an event that must not be logged. */
export const SECRET = 'never-log-this';

/** A release that somebody publishes. `content` distinguishes two releases with the same identity. */
export type ReleaseSpec = {
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly content: string;
  readonly notAfter?: string;
  readonly dryRun?: boolean;
  readonly correlationId?: string;
};

/** An approval that somebody gives. */
export type ApprovalSpec = {
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly releaseDigest?: string;
  readonly skip?: readonly string[];
  readonly comment?: string;
};

/** A hold that somebody sets. */
export type HoldSpec = {
  readonly holdId: string;
  readonly channels?: readonly string[];
  readonly reason: string;
  readonly from?: string;
  readonly until?: string;
};

export type WithdrawalSpec = {
  readonly version: string;
  readonly revision?: number;
  readonly channels?: readonly string[];
  readonly force?: boolean;
  readonly reasonCode?: string;
};

export function fileOf({ version, revision, content }: Pick<ReleaseSpec, 'version' | 'revision' | 'content'>) {
  const body = Buffer.from(`firmware ${version} ${revision} ${content}`);
  return { body, key: `${version}/${revision}/app.bin`, version: `s3-${content}`, sha256: createHash('sha256').update(body).digest('hex') };
}

export function detailOf(spec: ReleaseSpec): Record<string, unknown> {
  const file = fileOf(spec);
  return {
    product: PRODUCT,
    version: spec.version,
    revision: spec.revision,
    channels: [...spec.channels],
    artifacts: [
      {
        fileName: '/app.bin',
        fileLocation: { s3Location: { bucket: BUCKET, key: file.key, version: file.version } },
        sha256: file.sha256,
        sizeBytes: file.body.byteLength,
      },
    ],
    description: SECRET,
    ...(spec.notAfter !== undefined && { notAfter: spec.notAfter }),
    ...(spec.dryRun && { dryRun: true }),
    ...(spec.correlationId !== undefined && { correlationId: spec.correlationId }),
  };
}

const digests = new Map<string, string>();

/** The digest of what a release means. */
export function digestOf(spec: ReleaseSpec): string {
  const key = JSON.stringify([spec.version, spec.revision, spec.content, spec.notAfter]);
  const known = digests.get(key);
  if (known !== undefined) return known;
  const parsed = parseRelease(detailOf(spec));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.rejection));
  const digest = releaseDigest(parsed.value as Release);
  digests.set(key, digest);
  return digest;
}

export type DetailType =
  | 'Firmware Release Published'
  | 'Firmware Release Withdrawn'
  | 'Firmware Release Approved'
  | 'Firmware Channel Held'
  | 'Firmware Channel Resumed';

/** The body of an event with this detail, as EventBridge delivers it. */
export function envelopeOf(detailType: DetailType, detail: object, id: string, source: string = SOURCE): string {
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account: '000000000000',
    time: '2026-01-05T08:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail,
  });
}
