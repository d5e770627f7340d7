import { settings } from '../configuration.ts';
import { PLACEHOLDER } from './document.ts';
import type { File } from './release.ts';

const STREAM_FILES = 50;
const DOCUMENT_CHARACTERS = 32_768;
/** The characters of `AFR_OTA-` and a UUID. */
const STREAM_NAME = 44;
/** The fewest characters of a signature that AWS Signer makes. */
const SIGNATURE = 88;

/** Whether AWS can make the stream and the job of an update, and puts nothing in place of a text. It judges neither when it takes the request. */
export function canBecomeJob(protocols: readonly string[] = ['MQTT'], asked: readonly File[], given: readonly File[]): boolean {
  const streams = asked.map((file) => file.fileLocation?.stream as { streamId: string; fileId?: number } | undefined);
  const named = streams.find((stream) => stream !== undefined);
  if (protocols.includes('MQTT') && named === undefined && asked.length > STREAM_FILES) return false;
  const streamname = named?.streamId ?? 'x'.repeat(STREAM_NAME);
  if (JSON.stringify(asked).includes(PLACEHOLDER)) return false;
  const files = asked.map((file, index) => entryOf(file, streams[index]?.fileId ?? index, given[index]?.sizeBytes ?? 0, protocols));
  const document = { afr_ota: protocols.includes('MQTT') ? { protocols, streamname, files } : { protocols, files } };
  return Array.from(JSON.stringify(document)).length <= DOCUMENT_CHARACTERS;
}

function entryOf(file: File, fileid: number, filesize: number, protocols: readonly string[]): object {
  const location = file.fileLocation?.s3Location;
  const isOverHttp = protocols.includes('HTTP') && location !== undefined;
  const signing = (file.codeSigning ?? {}) as Signing;
  const entry: Record<string, unknown> = {
    filepath: file.fileName ?? null,
    filesize,
    fileid,
    certfile:
      signing.customCodeSigning?.certificateChain?.certificateName ??
      signing.startSigningJobParameter?.signingProfileParameter?.certificatePathOnDevice ??
      null,
    fileType: file['fileType'] ?? 0,
    update_data_url: null,
    auth_scheme: null,
  };
  if (isOverHttp) {
    const key = location.key.split('/').map(encodeURIComponent).join('/');
    const url = `https://s3.${settings.AWS_REGION}.amazonaws.com/${location.bucket}/${key}?versionId=${location.version}`;
    entry['update_data_url'] = `\${aws:iot:s3-presigned-url:${url}}`;
    entry['auth_scheme'] = 'aws.s3.presigned';
  }
  const custom = signing.customCodeSigning;
  if (custom) {
    entry[`sig-${custom.hashAlgorithm}-${custom.signatureAlgorithm}`] = Buffer.from(custom.signature.inlineDocument, 'base64').toString();
  } else if (Object.keys(signing).length > 0) entry['sig-sha256-rsa'] = 'x'.repeat(SIGNATURE);
  else entry['sig--'] = null;
  return entry;
}

type Signing = {
  readonly startSigningJobParameter?: { readonly signingProfileParameter?: { readonly certificatePathOnDevice?: string } };
  readonly customCodeSigning?: {
    readonly signature: { readonly inlineDocument: string };
    readonly certificateChain?: { readonly certificateName?: string };
    readonly hashAlgorithm: string;
    readonly signatureAlgorithm: string;
  };
};
