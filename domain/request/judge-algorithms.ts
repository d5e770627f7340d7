import { hashAlgorithms, isRecord, kindOf, signatureAlgorithms } from 'aws-ota-models';
import type { ChannelOptions } from '../channels/schema.ts';
import { type Rejection, reject } from '../release/rejection.ts';

const known = { hashAlgorithm: hashAlgorithms, signatureAlgorithm: signatureAlgorithms } as const;

/**
 * INVALID_SIGNING for each algorithm of a signature that FreeRTOS devices do not know; nothing if the channel sets
 * `algorithms: any`. `codeSigning` is what the devices get, and `path` leads to the artifact (`artifacts[0]`).
 *
 * AWS takes any name and names the signature after it in lower case: `SHA-256` becomes `sig-sha-256-ecdsa`. So upper and
 * lower case are the same here.
 */
export function judgeAlgorithms(
  codeSigning: unknown,
  path: string,
  { algorithms }: ChannelOptions,
  channelName: string,
): readonly Rejection[] {
  const custom = isRecord(codeSigning) ? codeSigning['customCodeSigning'] : undefined;
  if (algorithms === 'any' || !isRecord(custom)) return [];
  return (['hashAlgorithm', 'signatureAlgorithm'] as const).flatMap((member) => {
    const given = custom[member];
    if (given === undefined || known[member].some((name) => name.toLowerCase() === String(given).toLowerCase())) return [];
    const message = `must be ${known[member].join(' or ')}, in upper or lower case, got ${kindOf(given)}: FreeRTOS devices know no other name; if yours do, set algorithms: any in the channel`;
    return [reject('INVALID_SIGNING', `${path}.codeSigning.customCodeSigning.${member}`, message, channelName).rejection];
  });
}
