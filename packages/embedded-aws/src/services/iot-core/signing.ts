import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';

/** The stand-in for AWS Signer: real ECDSA P-256 signatures under a key made at start. */
export type Signing = {
  /** The public half, PEM, for devices that verify. */
  readonly publicKeyPem: string;
  /** Signs as the platform of FreeRTOS does (SHA-256 with ECDSA); base64 of the DER signature. */
  sign(content: Buffer): string;
  newJobId(): string;
};

/** A signer with a fresh key. */
export function createSigning(): Signing {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    publicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (content) => signWith(keys.privateKey, content),
    newJobId: () => randomUUID(),
  };
}

function signWith(key: KeyObject, content: Buffer): string {
  return createSign('sha256').update(content).sign(key, 'base64');
}
