import { createHash } from 'node:crypto';

const MIB = 1024 * 1024;

/** What S3 has at a version. `text` if the object can be read, `sha256` in hex if S3 stored a digest. */
export type StoredObject = { readonly size: number; readonly sha256?: string; readonly parts?: boolean; readonly text?: string };

const firmware = 'neverlog: firmware that S3 stores no digest of';
const jobDocument = '{"operation":"neverlog","steps":[1,2,3]}';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export const FIRMWARE_SHA256 = sha256(firmware);
export const JOB_DOCUMENT_SHA256 = sha256(jobDocument);
export const LONGEST_DOCUMENT_SHA256 = sha256('d'.repeat(32_768));

/** Every version. Every key of every bucket has the same versions. */
export const objects: Readonly<Record<string, StoredObject>> = {
  '3HL4kqtJlcpXroDTDmJ': { size: 412_345, sha256: 'a'.repeat(64) },
  'neverlog-plain': { size: firmware.length, text: firmware },
  'neverlog-parts': { size: firmware.length, text: firmware, parts: true },
  'neverlog-edge': { size: 16 * MIB, sha256: 'c'.repeat(64) },
  'neverlog-big': { size: 16 * MIB + 1, sha256: 'b'.repeat(64) },
  'neverlog-huge': { size: 1024 * 1024 * MIB },
  'neverlog-document': { size: jobDocument.length, text: jobDocument },
  'neverlog-longest-document': { size: 32_768, sha256: LONGEST_DOCUMENT_SHA256, text: 'd'.repeat(32_768) },
  'neverlog-long-document': { size: 32_769, sha256: 'd'.repeat(64) },
};

/** The object at a version, if it exists. */
export function objectAt(version: string): StoredObject | undefined {
  return Object.hasOwn(objects, version) ? objects[version] : undefined;
}
