/** Types agreed between the rooms; the schema they come from is being written. */
export type CodeSigning = {
  readonly awsSignerJobId?: string;
  readonly customCodeSigning?: {
    readonly signature?: { readonly inlineDocument?: string };
    readonly certificateChain?: { readonly certificateName?: string; readonly inlineDocument?: string };
    readonly hashAlgorithm?: string;
    readonly signatureAlgorithm?: string;
  };
};

export type Artifact = {
  readonly fileName?: string;
  readonly fileType?: number;
  readonly fileVersion?: string;
  readonly fileLocation?: {
    readonly stream?: { readonly streamId?: string; readonly fileId?: number };
    readonly s3Location?: { readonly bucket: string; readonly key: string; readonly version: string };
  };
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly codeSigning?: CodeSigning;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly jobDocument: boolean;
};

/** A release as the service reads it: defaults filled in (`schemaVersion`, `revision` 1, `dryRun` false, `jobDocument` false). */
export type Release = {
  readonly schemaVersion: string;
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channels: readonly string[];
  readonly artifacts: readonly Artifact[];
  readonly hardware?: readonly string[];
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly targets?: readonly string[];
  readonly startAt?: string;
  readonly endAt?: string;
  readonly notAfter?: string;
  readonly dryRun: boolean;
  readonly correlationId?: string;
};
