import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { ObjectLocation } from '../rest-json/document-source.ts';

/** AWS Signer, as far as OTA updates need it: real ECDSA P-256 signatures with a key that is made at the start. */
export type Signing = {
  /** The public key in PEM, for devices that verify signatures. */
  readonly publicKeyPem: string;
  /** Signs like Signer's platform for FreeRTOS (SHA-256 with ECDSA). Returns the DER signature in base64. */
  sign(content: Buffer): string;
  newJobId(): string;
  /** From now on a signing job has finished, and the file that it signed is at `output`. */
  finish(jobId: string, output: ObjectLocation): void;
  /** Where the file of a finished job is; `undefined` for a job that is not known. */
  outputOf(jobId: string): ObjectLocation | undefined;
};

/** A signer with a fresh key. */
export function createSigning(): Signing {
  const outputs = new Map<string, ObjectLocation>();
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (content) => signWith(keys.privateKey, content),
    newJobId: () => randomUUID(),
    finish: (jobId, output) => {
      outputs.set(jobId, output);
    },
    outputOf: (jobId) => outputs.get(jobId),
  };
}

function signWith(key: KeyObject, content: Buffer): string {
  return createSign('sha256').update(content).sign(key, 'base64');
}
