import type { RejectionCode } from '../../domain/release/rejection.ts';
import { ACCOUNT, REGION } from './engine.ts';
import { APPROVER, type Artifact, PUBLISHED, type Release, releaseOf, SOURCE } from './releases.ts';

/** A message that must be refused, and how it comes to the service. */
export type Refusal = {
  readonly code: RejectionCode;
  readonly path: string;
  /** What the body is, for the line of its check. */
  readonly what: string;
} & (
  | { readonly way: 'bus'; readonly detailType: string; readonly source: string; readonly detail: string }
  /** EventBridge would not let it come, so a sender with access to the queue is assumed. */
  | { readonly way: 'queue'; readonly body: string }
);

/** Codes that no message can have here, and why. */
export const unreachable: Partial<Record<RejectionCode, string>> = {
  UNSIGNED_ARTIFACT: 'each IoT Core channel of examples/channels.yml has a signing profile',
  ARTIFACT_TOO_LARGE: 'an object of more than 16 MiB would take longer than all other checks',
};

/** What the refused releases name: one object that is right, and one with a version of another key. */
export type Uploaded = { readonly right: Artifact; readonly other: Artifact };

/** What was steered before: a release of smart-lock that waits for its gate, and a hold that was ended. */
export type Steered = { readonly waiting: Release; readonly endedHold: string };

/** One message for each code that examples/channels.yml can lead to. `accepted` and `withdrawn` were published before. */
export function refusalsFor({ right, other }: Uploaded, accepted: Release, withdrawn: Release, { waiting, endedHold }: Steered): Refusal[] {
  let minor = 0;
  const nextVersion = () => {
    minor += 1;
    return `9.${minor}.0`;
  };
  const good = (): Release => releaseOf('thermostat', nextVersion(), ['beta'], right);
  const hub = (): Release => releaseOf('hub', nextVersion(), ['stable'], right);
  const onBus = (code: RejectionCode, path: string, what: string, detail: object, source = SOURCE, detailType = PUBLISHED): Refusal => ({
    ...{ code, path, what, way: 'bus', source, detailType },
    detail: JSON.stringify(detail),
  });
  const { product, version, channels } = waiting;
  const approved = (code: RejectionCode, path: string, what: string, changes: object, source = APPROVER): Refusal =>
    onBus(code, path, what, { product, version, channels, ...changes }, source, 'Firmware Release Approved');
  const held = (code: RejectionCode, path: string, what: string, changes: object): Refusal =>
    onBus(code, path, what, { product, holdId: endedHold, reason: 'A test', ...changes }, SOURCE, 'Firmware Channel Held');
  const inQueue = (code: RejectionCode, path: string, what: string, body: string): Refusal => ({ code, path, what, way: 'queue', body });
  const envelope = (changes: object) =>
    JSON.stringify({ account: ACCOUNT, source: SOURCE, 'detail-type': PUBLISHED, detail: good(), ...changes });
  const at = (changes: Partial<Artifact['fileLocation']['s3Location']>): Artifact => ({
    ...right,
    fileLocation: { s3Location: { ...right.fileLocation.s3Location, ...changes } },
  });
  const having = (artifact: object) => ({ ...good(), artifacts: [artifact] });
  const { fileLocation: _, sha256: _digest, sizeBytes: _size, ...unlocated } = right;

  return [
    onBus('TOO_LARGE', '$', 'a body of 300,000 bytes', { ...good(), description: 'x'.repeat(300_000) }),
    inQueue('TOO_DEEP', '$', 'a body of 40 levels', `${'['.repeat(40)}${']'.repeat(40)}`),
    inQueue('MALFORMED_JSON', '$', 'a body that is no JSON', 'not JSON'),
    inQueue('NOT_AN_EVENT', '$', 'a body without detail-type', '{"detail": {}}'),
    inQueue('UNKNOWN_DETAIL_TYPE', 'detail-type', 'another detail-type', envelope({ 'detail-type': 'Firmware Release Announced' })),
    inQueue('ACCOUNT_NOT_ALLOWED', 'account', 'an event of another account', envelope({ account: '111122223333' })),
    onBus('SOURCE_NOT_ALLOWED', 'source', 'the source of another product', good(), 'com.acme.gateway-ci'),
    onBus('UNSUPPORTED_SCHEMA_VERSION', 'schemaVersion', 'schema version 2', { ...good(), schemaVersion: '2' }),
    onBus('INVALID_RELEASE', 'version', 'a version that is no SemVer', { ...good(), version: '1' }),
    onBus('INVALID_RELEASE', 'artifacts[0].fileLocation.s3Location.version', 'an object without its version', {
      ...good(),
      artifacts: [JSON.parse(JSON.stringify(at({ version: undefined as unknown as string })))],
    }),
    onBus('INVALID_WITHDRAWAL', 'version', 'a withdrawal without a version', { product: 'hub' }, SOURCE, 'Firmware Release Withdrawn'),
    onBus(
      'INVALID_SIGNING',
      'artifacts[0].codeSigning',
      'two signatures',
      having({
        ...right,
        codeSigning: { awsSignerJobId: 'job-1', customCodeSigning: { hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' } },
      }),
    ),
    onBus('UNKNOWN_PRODUCT', 'product', 'an unknown product', { ...good(), product: 'toaster' }),
    onBus('UNKNOWN_CHANNEL', 'channels[0]', 'an unknown channel', { ...good(), channels: ['nightly'] }),
    onBus('HARDWARE_MISMATCH', 'hardware', 'hardware left out', { ...good(), hardware: ['T6-B'] }),
    onBus('BUCKET_NOT_ALLOWED', 'artifacts[0].fileLocation.s3Location.bucket', 'a foreign bucket', having(at({ bucket: 'not-ours' }))),
    onBus(
      'ARTIFACT_NOT_VERIFIABLE',
      'artifacts[0].fileLocation',
      'a stream',
      having({
        ...unlocated,
        fileLocation: { stream: { streamId: 'stream-1', fileId: 0 } },
      }),
    ),
    onBus('ARTIFACT_NOT_FOUND', 'artifacts[0].fileLocation.s3Location', 'a key that does not exist', having(at({ key: 'nowhere.bin' }))),
    onBus(
      'ARTIFACT_NOT_FOUND',
      'artifacts[0].fileLocation.s3Location',
      'the version of another key',
      having(at({ version: other.fileLocation.s3Location.version })),
    ),
    onBus('ARTIFACT_MISMATCH', 'artifacts[0].sha256', 'another digest', having({ ...right, sha256: '0'.repeat(64) })),
    onBus('ARTIFACT_MISMATCH', 'artifacts[0].sizeBytes', 'another size', having({ ...right, sizeBytes: right.sizeBytes + 1 })),
    onBus('TARGET_NOT_ALLOWED', 'targets[0]', 'a target outside of the lab', {
      ...good(),
      targets: [`arn:aws:iot:${REGION}:${ACCOUNT}:thing/lobby-1`],
    }),
    onBus('TOO_MANY_TARGETS', 'targets', '101 targets', {
      ...good(),
      targets: Array.from({ length: 101 }, (_item, index) => `arn:aws:iot:${REGION}:${ACCOUNT}:thing/lab-${index}`),
    }),
    onBus('SCHEDULE_NOT_ALLOWED', 'startAt', 'a schedule', { ...hub(), startAt: '2099-01-01T00:00:00Z' }),
    onBus('UNSUPPORTED_BY_SERVICE', 'startAt', 'a schedule on IoT Core', { ...good(), startAt: '2099-01-01T00:00:00Z' }),
    onBus('INVALID_REQUEST', 'Tags', '48 tags for managed integrations', {
      ...hub(),
      tags: Object.fromEntries(Array.from({ length: 48 }, (_item, index) => [`tag-${index}`, 'x'])),
    }),
    onBus('RELEASE_CONFLICT', '$', 'an accepted version with other content', { ...accepted, artifacts: [other] }),
    onBus('VERSION_AMBIGUOUS', 'version', 'an accepted version with other build metadata', {
      ...accepted,
      version: `${accepted.version}+again`,
    }),
    onBus('RELEASE_WITHDRAWN', '$', 'a withdrawn version', withdrawn),
    approved('INVALID_APPROVAL', 'version', 'an approval of a version that is no SemVer', { version: '1' }),
    approved('SELF_APPROVAL', 'source', 'an approval by a source that publishes', {}, SOURCE),
    approved('SKIP_NOT_ALLOWED', 'skip[0]', 'an approval that skips what the gate does not permit', { skip: ['after'], comment: 'A test' }),
    approved('UNKNOWN_RELEASE', 'releaseDigest', 'an approval of a version that nobody published', { version: '9.97.0' }),
    approved('APPROVAL_MISMATCH', 'releaseDigest', 'an approval of other content', { releaseDigest: '0'.repeat(64) }),
    held('INVALID_HOLD', 'holdId', 'a hold with a blank in its id', { holdId: 'a b' }),
    held('HOLD_ENDED', 'holdId', 'a hold whose id was ended', {}),
    onBus('EXPIRED', 'notAfter', 'an event after its notAfter', { ...good(), notAfter: '2026-01-01T00:00:00Z' }),
  ];
}
