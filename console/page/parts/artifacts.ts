/** What tells one artifact of a release from another. */
type ArtifactView = { readonly name: string; readonly place?: string; readonly sha256?: string };

/** The artifacts in the detail of a release. What has another shape is left out, because the detail as a whole is shown beside them. */
export function artifactsOf(detail: unknown): readonly ArtifactView[] {
  const { artifacts } = membersOf(detail);
  return Array.isArray(artifacts) ? artifacts.map(viewOf) : [];
}

function viewOf(artifact: unknown, index: number): ArtifactView {
  const { fileName, fileLocation, codeSigning, sha256 } = membersOf(artifact);
  const place = placeOf(fileLocation) ?? signingJobOf(codeSigning);
  return {
    name: typeof fileName === 'string' ? fileName : `artifact ${index + 1}`,
    ...(place !== undefined && { place }),
    ...(typeof sha256 === 'string' && { sha256 }),
  };
}

function placeOf(fileLocation: unknown): string | undefined {
  const { s3Location, stream } = membersOf(fileLocation);
  const { bucket, key, version } = membersOf(s3Location);
  if (typeof bucket === 'string') return `s3://${bucket}/${String(key)}${version === undefined ? '' : ` version ${String(version)}`}`;
  const { streamId, fileId = 0 } = membersOf(stream);
  return typeof streamId === 'string' ? `stream ${streamId}, file ${String(fileId)}` : undefined;
}

function signingJobOf(codeSigning: unknown): string | undefined {
  const { awsSignerJobId } = membersOf(codeSigning);
  return typeof awsSignerJobId === 'string' ? `signing job ${awsSignerJobId}` : undefined;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
