import type { Artifact } from '../../domain/release/release.ts';
import { oneLine } from '../../scripts/layout.ts';

/** A release as people name it: `thermostat 2.5.0`, or `thermostat 2.5.0 revision 2`. */
export function releaseName({ product, version, revision }: { product: string; version: string; revision?: number | undefined }): string {
  return `${product} ${version}${revision === undefined || revision === 1 ? '' : ` revision ${revision}`}`;
}

/** Who sent an event, for a person: `com.acme.ci, account 123456789012, event 4c9…`. What is not known is left out. */
export function senderWords({ source, account, eventId }: { source?: string; account?: string; eventId?: string | undefined }): string {
  const named = [source, account && `account ${account}`, eventId && `event ${eventId}`];
  return named
    .filter((part) => part !== undefined && part !== '')
    .map((part) => oneLine(String(part)))
    .join(', ');
}

/** The lines that tell one artifact from another: name, place, version and SHA-256. Ids stand on lines of their own. */
export function artifactLines({ fileName, fileLocation, codeSigning, sha256 }: Artifact): string[] {
  const { s3Location: object, stream } = fileLocation ?? {};
  const job = codeSigning?.awsSignerJobId;
  const places = [
    object && [`s3://${object.bucket}/${object.key}`, `version ${object.version}`],
    stream && [`stream ${stream.streamId}, file ${stream.fileId ?? 0}`],
    job !== undefined && [`signing job ${job}`],
    sha256 !== undefined && [`sha256 ${sha256}`],
  ];
  return [`artifact ${fileName ?? ''}`, ...places.flatMap((lines) => (lines ? lines.map((line) => `    ${line}`) : []))].map(
    (line) => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`,
  );
}
