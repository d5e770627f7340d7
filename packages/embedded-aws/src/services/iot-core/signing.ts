import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';

/** AWS Signer, as far as OTA updates need it: real ECDSA P-256 signatures with a key that is made at the start. */
export type Signing = {
  /** The public key in PEM, for devices that verify signatures. */
  readonly publicKeyPem: string;
  /** Signs like Signer's platform for FreeRTOS (SHA-256 with ECDSA). Returns the DER signature in base64. */
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
