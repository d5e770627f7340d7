import type { OtaFile } from './ota-update.ts';

/**
 * What AWS says of the first file whose `codeSigning` is there but has no content, not even inside its structures. `undefined` if
 * there is no such file. A skeleton of the AWS CLI that was not filled in looks like this.
 */
export function whySigningIsEmpty(files: readonly OtaFile[]): string | undefined {
  const at = files.findIndex(({ codeSigning }) => codeSigning !== undefined && isEmpty(codeSigning));
  if (at < 0) return undefined;
  return `Value at 'files[${at}].codeSigning' failed to satisfy constraint: awsSignerJobId, startSigningJobParameter or customCodeSigning`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.values(value).every(isEmpty)
    : value === '' || value === undefined || value === null;
}
