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

/** How everything begins that AWS may replace in the document of a job. */
export const PLACEHOLDER = '${aws:';
const PLACEHOLDERS = 10;
const DOWNLOADS = '/var/lib/ota';

/** The document of a job of its own. `undefined` on a channel of another control plane. */
export function jobDocumentFor(release: Detail, channel: Channel, rolloutId: string): Readonly<Record<string, unknown>> | undefined {
  if (channel.createJob === undefined) return undefined;
  const { product, version } = release;
  const files = release['artifacts'] as readonly File[];
  const url = ({ fileLocation }: File): string => {
    const location = fileLocation?.s3Location;
    if (location === undefined) return '';
    return channel.artifactUrl === undefined
      ? `${PLACEHOLDER}iot:s3-presigned-url-v2:${presigned(location)}}`
      : urlOf(location, channel.artifactUrl);
  };
  const described = files.map(({ fileLocation, jobDocument: _jobDocument, ...file }) => ({ ...file, ...fileLocation?.s3Location }));
  if (channel.format === 'plain') {
    const withUrls = described.map((file, index) => ({ ...file, url: url(files[index] ?? {}) }));
    return { ...channel.jobDocument, operation: 'firmware-update', rolloutId, product, firmwareVersion: version, files: withUrls };
  }
  const paths = files.map((file, index) => pathOf(file, index));
  const step = (name: string, handler: string, args: readonly unknown[]) => ({
    action: { name, type: 'runHandler', input: { handler, args, path: 'default' }, runAsUser: 'root' },
  });
  const checks = files.flatMap(({ sha256, sizeBytes }, index) => [paths[index], sha256, sizeBytes === undefined ? '-' : `${sizeBytes}`]);
  return {
    ...channel.jobDocument,
    version: '1.0',
    steps: [
      ...files.map((file, index) => step('Download', 'download-file.sh', [url(file), paths[index]])),
      step('Install', 'install-firmware.sh', [version, ...checks]),
    ],
    otaDispatch: { rolloutId, product, version, files: described },
  };
}

/** The URL that AWS signs when a device asks. The version of the object is in it, and so its question mark is encoded. */
function presigned({ bucket, key, version }: { bucket: string; key: string; version: string }): string {
  const host = `s3.${settings.AWS_REGION}.amazonaws.com`;
  const place = bucket.includes('.') ? `${host}/${bucket}` : `${bucket}.${host}`;
  return `https://${place}/${percent(key, '/')}%3FversionId%3D${percent(version)}`;
}

/** Where a device keeps a file: its place in the release, and the last step of its name. */
function pathOf({ fileName, fileLocation }: File, index: number): string {
  const name = /[^/]*$/.exec(fileName ?? fileLocation?.s3Location?.key ?? '')?.[0] ?? '';
  const safe = Array.from({ length: name.length }, (_, unit) => (/[A-Za-z0-9._-]/.test(name.charAt(unit)) ? name.charAt(unit) : '_')).join(
    '',
  );
  return `${DOWNLOADS}/${index}-${safe.slice(Math.max(0, safe.length - 100))}`;
}

/** Whether the document of a job has too many placeholders, or one that the release brings. */
export function hasWrongPlaceholders(release: Detail, channel: Channel): boolean {
  const count = (value: unknown): number => JSON.stringify(value).split(PLACEHOLDER).length - 1;
  if (channel.createJob === undefined) return false;
  return count(release['artifacts']) > 0 || count(jobDocumentFor(release, channel, '')) > PLACEHOLDERS;
}

/** Whether the document is longer than IoT Jobs accepts. 'perhaps' if the length of the rolloutId decides it. */
export function isDocumentTooLong(release: Detail, channel: Channel): boolean | 'perhaps' {
  const textFor = (id: string) => JSON.stringify(documentFor(release, channel, id) ?? jobDocumentFor(release, channel, id) ?? {});
  const length = (id: number): number => {
    const text = textFor('x'.repeat(id));
    return channel.createJob ? Buffer.byteLength(text) : Array.from(text).length;
  };
  if (Buffer.byteLength(textFor('x'.repeat(LONGEST_ID))) <= CHARACTERS) return false;
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
