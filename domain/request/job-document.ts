import { JOB_DOCUMENT_CHARACTERS_MAX, partitionOf } from 'aws-ota-models';
import type { DocumentTemplate } from '../channels/schema.ts';
import type { Place } from '../channels/variables.ts';
import { canonicalJson, sha256Hex } from '../json/canonical.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import type { Artifact } from '../release/release.ts';
import type { JobDocument } from './planned-rollout.ts';
import type { ReleaseOnChannel } from './release-on-channel.ts';

/**
 * The JSON job document to which `S3Url` points. An artifact with `jobDocument: true` is copied. Otherwise the document is
 * rendered here, as canonical JSON (RFC 8785), so the same release and channel give the same bytes. The key contains the
 * digest, so what a task refers to never changes.
 */
export function jobDocumentOf(
  template: DocumentTemplate,
  { release, rolloutId, channelName, place }: ReleaseOnChannel,
): { readonly document: JobDocument; readonly rejections: readonly Rejection[] } {
  const brought = release.artifacts.find((artifact) => artifact.jobDocument);
  if (brought?.fileLocation?.s3Location !== undefined && brought.sha256 !== undefined) {
    const { bucket, key, version } = brought.fileLocation.s3Location;
    const copyOf = { bucket, key, version, sha256: brought.sha256 };
    return { document: { ...placeOf(brought.sha256, place), copyOf }, rejections: [] };
  }
  const body = canonicalJson({
    ...template.jobDocument,
    operation: 'firmware-update',
    rolloutId,
    product: release.product,
    version: release.version,
    files: release.artifacts.map((artifact) =>
      documentFile(artifact, (location) => artifactUrlOf(location, place.region, template.artifactUrl)),
    ),
  });
  const characters = [...body].length;
  const rejections =
    characters <= JOB_DOCUMENT_CHARACTERS_MAX
      ? []
      : [
          reject(
            'INVALID_REQUEST',
            'S3Url',
            `the job document has ${characters} characters, and IoT Jobs takes at most ${JOB_DOCUMENT_CHARACTERS_MAX}`,
            channelName,
          ).rejection,
        ];
  return { document: { ...placeOf(sha256Hex(body), place), body }, rejections };
}

/** An object in S3 at one of its versions. */
export type ArtifactLocation = { readonly bucket: string; readonly key: string; readonly version: string };

/**
 * The URL of an S3 object for a device: the pattern of the channel with `{bucket}`, `{key}`, `{version}` and `{region}` replaced.
 * Without a pattern it is the virtual-hosted URL in the partition of `region`. A bucket with a dot is then in the path, because
 * the certificate of S3 covers one label before its host. Key and version are percent-encoded, except `/` in the key.
 */
export function artifactUrlOf(location: ArtifactLocation, region: string, pattern = patternOf(location.bucket, region)): string {
  const parts: Readonly<Record<string, string>> = {
    '{bucket}': location.bucket,
    '{key}': location.key.split('/').map(encode).join('/'),
    '{version}': encode(location.version),
    '{region}': region,
  };
  return pattern.replace(/\{(?:bucket|key|version|region)\}/g, (token) => parts[token] ?? token);
}

function patternOf(bucket: string, region: string): string {
  const host = `s3.{region}.${partitionOf(region).dnsSuffix}`;
  return `https://${bucket.includes('.') ? `${host}/{bucket}` : `{bucket}.${host}`}/{key}?versionId={version}`;
}

/** A file of a job document. `urlOf` gives the URL from which a device downloads it. */
export function documentFile(artifact: Artifact, urlOf: (location: ArtifactLocation) => string): object {
  const { fileName, fileType, fileVersion, sha256, sizeBytes, attributes, codeSigning } = artifact;
  const location = artifact.fileLocation?.s3Location;
  return {
    fileName,
    fileType,
    fileVersion,
    bucket: location?.bucket,
    key: location?.key,
    version: location?.version,
    url: location && urlOf(location),
    sha256,
    sizeBytes,
    attributes,
    codeSigning,
  };
}

function placeOf(sha256: string, place: Place): { readonly bucket: string; readonly key: string } {
  return { bucket: place.documentsBucket, key: `job-documents/${sha256}.json` };
}

/** Percent-encodes all but the unreserved characters of RFC 3986, as S3 does in a key. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
