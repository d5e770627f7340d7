import { partitionOf } from '../../partition.ts';
import type { OtaFile } from './ota-update.ts';

/** What the OTA process knows of a file when it writes the job document. */
export type ResolvedFile = {
  readonly file: OtaFile;
  readonly size: number;
  /** The file's number in the stream. */
  readonly fileId: number;
  /** The signature that Signer made; absent for a custom signature and for an unsigned file. */
  readonly signature?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
};

/**
 * The job document of an OTA update: `afr_ota` as the job parser of FreeRTOS expects it. The member of the signature is
 * named `sig-HASH-ALGORITHM` in lower case. A custom signature is the decoded blob of the request as text. An unsigned file
 * gets `"sig--": null`, which that parser refuses.
 */
export function writeJobDocument(
  protocols: readonly string[],
  streamId: string | undefined,
  files: readonly ResolvedFile[],
  region: string,
): string {
  return JSON.stringify({
    afr_ota: {
      protocols,
      ...(protocols.includes('MQTT') ? { streamname: streamId ?? null } : {}),
      files: files.map((resolved) => writeFile(resolved, protocols, region)),
    },
  });
}

function writeFile(
  { file, size, fileId, signature, bucket, key, version }: ResolvedFile,
  protocols: readonly string[],
  region: string,
): object {
  const custom = file.codeSigning?.customCodeSigning;
  const profile = file.codeSigning?.startSigningJobParameter?.signingProfileParameter;
  const overHttp = protocols.includes('HTTP') && bucket !== undefined && key !== undefined;
  const path = key?.split('/').map(encodeURIComponent).join('/');
  const object = `https://s3.${region}.${partitionOf(region).dnsSuffix}/${bucket}/${path}${version === undefined ? '' : `?versionId=${version}`}`;
  return {
    filepath: file.fileName ?? null,
    filesize: size,
    fileid: fileId,
    certfile: custom?.certificateChain?.certificateName ?? profile?.certificatePathOnDevice ?? null,
    fileType: file.fileType ?? 0,
    update_data_url: overHttp ? `\${aws:iot:s3-presigned-url:${object}}` : null,
    auth_scheme: overHttp ? 'aws.s3.presigned' : null,
    ...signatureMember(signature, custom),
  };
}

function signatureMember(signature: string | undefined, custom: NonNullable<OtaFile['codeSigning']>['customCodeSigning']): object {
  if (signature !== undefined) return { 'sig-sha256-ecdsa': signature };
  const name = `sig-${(custom?.hashAlgorithm ?? '').toLowerCase()}-${(custom?.signatureAlgorithm ?? '').toLowerCase()}`;
  const blob = custom?.signature?.inlineDocument;
  // What AWS does with bytes that are not UTF-8 is not known. Here each becomes U+FFFD.
  return { [name]: blob === undefined ? null : Buffer.from(blob, 'base64').toString('utf8') };
}
