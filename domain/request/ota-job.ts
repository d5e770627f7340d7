import { JOB_DOCUMENT_CHARACTERS_MAX, partitionOf, STREAM_FILES_MAX } from 'aws-ota-models';
import { placeholdersIn } from '../channels/job-facts.ts';
import type { Artifact } from '../release/release.ts';

/** What AWS reads of a CreateOTAUpdate request when it makes the stream and the job document. */
type Asked = { readonly protocols?: readonly string[] | undefined; readonly files: readonly AskedFile[] };
type AskedFile = Pick<Artifact, 'fileName' | 'fileType' | 'fileLocation'> & {
  readonly codeSigning?: {
    readonly awsSignerJobId?: string;
    readonly startSigningJobParameter?: { readonly signingProfileParameter?: { readonly certificatePathOnDevice?: string } };
    readonly customCodeSigning?: {
      readonly signature?: { readonly inlineDocument?: string };
      readonly certificateChain?: { readonly certificateName?: string };
      readonly hashAlgorithm?: string;
      readonly signatureAlgorithm?: string;
    };
  };
};

/** Assumption: the name is `AFR_OTA-` and a UUID, as in the streams that AWS was seen to make. */
const MADE_STREAM = `AFR_OTA-${'x'.repeat(36)}`;
/** Assumption: AWS Signer gives at least 64 bytes, in base64. An ECDSA signature with P-256 is not shorter, and RSA is longer. */
const SIGNER_SIGNATURE = 'x'.repeat(88);

/**
 * Why AWS could not create the stream or the job of an OTA update, or could create a wrong one, although it takes the request. Empty if
 * nothing is known against it. `sizes` has the bytes of each file, if the release declares them.
 *
 * AWS makes a stream for MQTT, the protocol of a request without `protocols`, unless a file names its own. Assumption: it makes
 * none for HTTP alone.
 *
 * Assumption: AWS replaces placeholders in the job of an update as in every other job. A release could then give devices a URL of any
 * object that the role may read.
 */
export function whyNoJob(asked: Asked, sizes: readonly (number | undefined)[], region: string): string[] {
  const found: string[] = [];
  const { files } = asked;
  const makesStream = protocolsOf(asked).includes('MQTT') && files.every(({ fileLocation }) => fileLocation?.stream === undefined);
  if (makesStream && files.length > STREAM_FILES_MAX) {
    found.push(`there are ${files.length} files, and the stream for MQTT takes at most ${STREAM_FILES_MAX}: pack them into fewer files`);
  }
  const characters = [...JSON.stringify(leastDocument(asked, sizes, region))].length;
  if (characters > JOB_DOCUMENT_CHARACTERS_MAX) {
    found.push(
      `the job document that AWS writes has at least ${characters} characters, and IoT Jobs takes at most ${JOB_DOCUMENT_CHARACTERS_MAX}: use fewer files, or shorter names`,
    );
  }
  if (placeholdersIn(JSON.stringify(files)) > 0) {
    found.push('a text of the release has a placeholder, which AWS would replace in the job document: leave it out');
  }
  return found;
}

const protocolsOf = ({ protocols }: Asked) => protocols ?? ['MQTT'];

/**
 * The job document in its known form, with the shortest text for what only AWS knows. So AWS refuses every document that is too
 * long here. A presigned URL counts as its placeholder, because IoT Jobs replaces that later.
 */
function leastDocument(asked: Asked, sizes: readonly (number | undefined)[], region: string): object {
  const protocols = protocolsOf(asked);
  const named = asked.files.find(({ fileLocation }) => fileLocation?.stream !== undefined)?.fileLocation?.stream?.streamId;
  return {
    afr_ota: {
      protocols,
      ...(protocols.includes('MQTT') && { streamname: named ?? MADE_STREAM }),
      files: asked.files.map((file, index) => {
        const location = protocols.includes('HTTP') ? file.fileLocation?.s3Location : undefined;
        const { customCodeSigning: custom, startSigningJobParameter: started } = file.codeSigning ?? {};
        const certificate = custom?.certificateChain?.certificateName ?? started?.signingProfileParameter?.certificatePathOnDevice;
        return {
          filepath: file.fileName ?? null,
          filesize: sizes[index] ?? 0,
          fileid: file.fileLocation?.stream?.fileId ?? index,
          certfile: certificate ?? null,
          fileType: file.fileType ?? 0,
          update_data_url: location ? placeholderOf(location, region) : null,
          auth_scheme: location ? 'aws.s3.presigned' : null,
          ...signatureOf(file),
        };
      }),
    },
  };
}

/** Assumption: the URL has the bucket in its path and pins the version. */
function placeholderOf({ bucket, key, version }: { bucket: string; key: string; version: string }, region: string): string {
  const path = key.split('/').map(encodeURIComponent).join('/');
  return `\${aws:iot:s3-presigned-url:https://s3.${region}.${partitionOf(region).dnsSuffix}/${bucket}/${path}?versionId=${version}}`;
}

/** AWS decodes the blob of a signature and writes it as text. */
function signatureOf({ codeSigning = {} }: AskedFile): object {
  const { customCodeSigning: custom } = codeSigning;
  if (custom !== undefined) {
    const name = `sig-${custom.hashAlgorithm}-${custom.signatureAlgorithm}`.toLowerCase();
    return { [name]: Buffer.from(custom.signature?.inlineDocument ?? '', 'base64').toString('utf8') };
  }
  const isSigned = codeSigning.awsSignerJobId !== undefined || codeSigning.startSigningJobParameter !== undefined;
  return isSigned ? { 'sig-sha256-rsa': SIGNER_SIGNATURE } : { 'sig--': null };
}
