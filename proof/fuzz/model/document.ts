import type { Channel } from '../../../domain/channels/schema.ts';
import { settings } from '../configuration.ts';
import type { Detail, File } from './release.ts';

const CHARACTERS = 32_768;
/** The shortest and the longest rolloutId: `fw-`, a readable part of at most 18 characters, and 32 digits. */
const LEAST_ID = 'fw--'.length + 32 - 1;
const LONGEST_ID = 'fw--'.length + 32 + 18;

/** The job document for managed integrations. `undefined` on IoT Core, or if the release brings its own. */
export function documentFor(release: Detail, channel: Channel, rolloutId: string): Readonly<Record<string, unknown>> | undefined {
  if (channel.createOtaTask === undefined) return undefined;
  const files = release['artifacts'] as readonly File[];
  if (files.some((file) => file.jobDocument === true)) return undefined;
  return {
    ...channel.jobDocument,
    operation: 'firmware-update',
    rolloutId,
    product: release['product'],
    version: release['version'],
    files: files.map(({ fileLocation, jobDocument: _jobDocument, ...file }) => {
      const location = fileLocation?.s3Location;
      return location ? { ...file, ...location, url: urlOf(location, channel.artifactUrl) } : file;
    }),
  };
}

/** Whether the document has more characters than IoT Jobs accepts. 'perhaps' if the length of the rolloutId decides it. */
export function isDocumentTooLong(release: Detail, channel: Channel): boolean | 'perhaps' {
  const textFor = (id: number) => JSON.stringify(documentFor(release, channel, 'x'.repeat(id)) ?? {});
  const length = (id: number) => Array.from(textFor(id)).length;
  if (textFor(LONGEST_ID).length <= CHARACTERS) return false;
  const whole = length(LONGEST_ID);
  if (whole <= CHARACTERS) return false;
  return length(LEAST_ID) > CHARACTERS ? true : 'perhaps';
}

function urlOf({ bucket, key, version }: { bucket: string; key: string; version: string }, pattern: string | undefined): string {
  // The certificate of S3 covers one label before its host, so a bucket with a dot is in the path.
  const host = bucket.split('.').length > 1 ? 's3.{region}.amazonaws.com/{bucket}' : '{bucket}.s3.{region}.amazonaws.com';
  const form = pattern ?? `https://${host}/{key}?versionId={version}`;
  const values: Readonly<Record<string, string>> = {
    bucket,
    key: percent(key, '/'),
    version: percent(version),
    region: settings.AWS_REGION,
  };
  return form
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 === 1 ? values[part] : part))
    .join('');
}

/** Percent-encodes by RFC 3986: letters, digits and four marks stay as they are. */
function percent(text: string, kept = ''): string {
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    const c = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9._~-]/.test(c) || c === kept ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
