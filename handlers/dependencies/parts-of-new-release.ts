/*
 * What a new release needs before its claim, and the job documents, which share the client of S3. Together they are one file of the bundle,
 * because Node takes time to find and to link each file.
 */
export { artifacts, S3Client } from '../../adapters/artifacts.ts';
export { documents } from '../../adapters/documents.ts';
export { lock } from '../../adapters/lock.ts';
