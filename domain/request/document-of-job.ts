import { partitionOf } from 'aws-ota-models';
import type { DocumentFormat, DocumentTemplate } from '../channels/schema.ts';
import { canonicalJson } from '../json/canonical.ts';
import type { Artifact } from '../release/release.ts';
import { type ArtifactLocation, artifactUrlOf, documentFile } from './job-document.ts';
import type { ReleaseOnChannel } from './release-on-channel.ts';

/** Where a Linux device keeps what it downloads. */
const DOWNLOADS = '/var/lib/ota';

/**
 * The document of an IoT job, as canonical JSON (RFC 8785), so the same release and channel give the same bytes. `plain` has the
 * members of a task's document, with `firmwareVersion` in place of `version`. `device-client` has steps for the AWS IoT Device Client
 * (https://github.com/awslabs/aws-iot-device-client), which ignores members that it does not know.
 */
export function documentOfJob(
  { jobDocument, artifactUrl, format }: DocumentTemplate & { readonly format: DocumentFormat },
  { release, rolloutId, place }: Pick<ReleaseOnChannel, 'release' | 'rolloutId' | 'place'>,
): string {
  const urlOf = (location: ArtifactLocation): string =>
    artifactUrl === undefined ? presignedUrlOf(location, place.region) : artifactUrlOf(location, place.region, artifactUrl);
  const { product, version, artifacts } = release;
  const files = artifacts.map((artifact) => documentFile(artifact, urlOf));
  if (format === 'plain') {
    return canonicalJson({ ...jobDocument, operation: 'firmware-update', rolloutId, product, firmwareVersion: version, files });
  }
  return canonicalJson({
    ...jobDocument,
    version: '1.0',
    steps: [...artifacts.map((artifact, index) => downloadStep(artifact, index, urlOf)), installStep(version, artifacts)],
    // A placeholder would count once more, and the steps have the URL.
    otaDispatch: { rolloutId, product, version, files: files.map(({ url: _inTheStep, ...file }: { readonly url?: string }) => file) },
  });
}

/**
 * The placeholder for which AWS IoT writes a presigned URL each time that a device asks for the document. Only its second version can
 * pin the version of an object. Assumption: key and version are percent-encoded once, and so is `?versionId=`
 * (developer guide of AWS IoT, "Manage job documents").
 */
function presignedUrlOf({ bucket, key, version }: ArtifactLocation, region: string): string {
  const host = `s3.${region}.${partitionOf(region).dnsSuffix}`;
  const beginning = bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
  const pattern = `${beginning}/{key}%3FversionId%3D{version}`;
  return `\${aws:iot:s3-presigned-url-v2:${artifactUrlOf({ bucket, key, version }, region, pattern)}}`;
}

function downloadStep(artifact: Artifact, index: number, urlOf: (location: ArtifactLocation) => string): object {
  const location = artifact.fileLocation?.s3Location;
  return stepOf('Download', 'download-file.sh', [location === undefined ? '' : urlOf(location), downloadOf(artifact, index)]);
}

/** One step installs all files, so that a device checks each of them before it changes anything. */
function installStep(version: string, artifacts: readonly Artifact[]): object {
  const files = artifacts.flatMap((artifact, index) => [
    downloadOf(artifact, index),
    artifact.sha256 ?? '',
    artifact.sizeBytes === undefined ? '-' : String(artifact.sizeBytes),
  ]);
  return stepOf('Install', 'install-firmware.sh', [version, ...files]);
}

function stepOf(name: string, handler: string, args: readonly string[]): object {
  return { action: { name, type: 'runHandler', input: { handler, args, path: 'default' }, runAsUser: 'root' } };
}

/** The path of a downloaded file. Nothing of the release can lead out of the folder. */
function downloadOf({ fileName, fileLocation }: Artifact, index: number): string {
  const name = (fileName ?? fileLocation?.s3Location?.key ?? '').split('/').at(-1) ?? '';
  return `${DOWNLOADS}/${index}-${name.replace(/[^A-Za-z0-9._-]/g, '_').slice(-100)}`;
}
