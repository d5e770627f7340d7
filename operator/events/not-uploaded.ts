/** Stands in the examples for the version of an object that nobody has uploaded yet. */
export const NOT_UPLOADED = 'set-at-upload';

type Detail = Readonly<Record<string, unknown>>;
type Artifact = {
  readonly sha256?: unknown;
  readonly fileLocation?: { readonly s3Location?: { readonly version?: unknown } | null } | null;
} | null;

/** The artifacts of a detail that name the version of an object which nobody has uploaded, by their index. */
export function notUploaded(detail: Detail): number[] {
  return artifactsOf(detail).flatMap((artifact, index) => (isNotUploaded(artifact) ? [index] : []));
}

/** The artifacts of a detail that lack what an upload would fill in: the version of an object in S3, or its SHA-256. */
export function incomplete(detail: Detail): number[] {
  return artifactsOf(detail).flatMap((artifact, index) => {
    const object = artifact?.fileLocation?.s3Location ?? undefined;
    // Without a place there is nothing to upload to, and the rules of a release say what is wrong.
    const isComplete = object === undefined || (object.version !== undefined && artifact?.sha256 !== undefined && !isNotUploaded(artifact));
    return isComplete ? [] : [index];
  });
}

/** The detail with what an upload would give these artifacts, so that it can be judged for its other faults. */
export function asIfUploaded(detail: Detail, indexes: readonly number[]): Detail {
  const artifacts = artifactsOf(detail).map((artifact, index) => {
    const s3Location = artifact?.fileLocation?.s3Location;
    if (!indexes.includes(index) || s3Location === undefined) return artifact;
    const fileLocation = { ...artifact?.fileLocation, s3Location: { version: NOT_UPLOADED, ...s3Location } };
    return { sha256: '00'.repeat(32), ...artifact, fileLocation };
  });
  return { ...detail, artifacts };
}

/** What is wrong with an artifact that nobody has uploaded. */
export function notUploadedLine(index: number | undefined): string {
  return `artifacts[${index}].fileLocation.s3Location.version: still "${NOT_UPLOADED}"`;
}

function artifactsOf(detail: Detail): Artifact[] {
  return Array.isArray(detail['artifacts']) ? (detail['artifacts'] as Artifact[]) : [];
}

function isNotUploaded(artifact: Artifact): boolean {
  return artifact?.fileLocation?.s3Location?.version === NOT_UPLOADED;
}
