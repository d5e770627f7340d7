import type { Channel } from '../../../domain/channels/schema.ts';
import type { RejectionCode } from '../../../domain/release/rejection.ts';
import { settings } from '../configuration.ts';
import type { Detail, File } from './release.ts';
import type { Codes } from './verdict.ts';

/* What the contract says of members that several control planes have. */

/** Members by name. */
export type Json = Readonly<Record<string, unknown>>;

/** A release on one channel: the request to AWS without the ids and markers that the service adds, and the codes that refuse it. */
export type OnChannel = {
  readonly operation: 'CreateOTAUpdate' | 'CreateJob' | 'CreateOtaTask';
  readonly input: Json;
  readonly codes: Codes;
};

const TARGETS = 100;

/** A tag as AWS IoT has it. */
export type Tag = { readonly Key: string; readonly Value?: string };

/** The algorithms of a signature that devices get, by the spellings that FreeRTOS has. */
export function codesOfAlgorithms({ codeSigning }: File, channel: Channel): Codes {
  const { hashAlgorithm, signatureAlgorithm } = (codeSigning?.['customCodeSigning'] ?? {}) as Record<string, string | undefined>;
  const isKnown =
    (hashAlgorithm === undefined || /^sha(?:1|256)$/i.test(hashAlgorithm)) &&
    (signatureAlgorithm === undefined || /^(?:ecdsa|rsa)$/i.test(signatureAlgorithm));
  return isKnown || channel.algorithms === 'any' ? [] : ['INVALID_SIGNING'];
}

/** The tags of release and channel. Those of the channel win. */
export function tagsOf(ofRelease: Readonly<Record<string, string>> = {}, ofChannel: readonly Tag[] = []): readonly Tag[] | undefined {
  const taken = new Set(ofChannel.map(({ Key }) => Key));
  const tags = [...ofChannel, ...Object.entries(ofRelease).flatMap(([Key, Value]) => (taken.has(Key) ? [] : [{ Key, Value }]))];
  return tags.length === 0 ? undefined : tags.sort((a, b) => (a.Key < b.Key ? -1 : 1));
}

/** The targets, and the codes that refuse them. */
export function targetsOf(release: Detail, ofChannel: unknown, channel: Channel, service: string, kinds: readonly string[]) {
  const given = release['targets'] as readonly string[] | undefined;
  const codes: RejectionCode[] = [];
  const targets = given === undefined ? ((ofChannel ?? []) as readonly string[]) : Array.from(new Set(given)).sort();
  if (targets.length === 0) codes.push('INVALID_RELEASE');
  if (targets.length > TARGETS) codes.push('TOO_MANY_TARGETS');
  // The fuzzer's region is in the partition `aws`.
  const ours = kinds.map((kind) => `arn:aws:${service}:${settings.AWS_REGION}:${settings.OTA_ACCOUNT_ID}:${kind}/`);
  const isAllowed = (target: string) => {
    return (
      ours.some((beginning) => target.startsWith(beginning) && target !== beginning) &&
      (channel.targetsFromRelease ?? []).some((glob) => globToPattern(glob).test(target))
    );
  };
  if (given?.some((target) => !isAllowed(target))) codes.push('TARGET_NOT_ALLOWED');
  return { targets, codes };
}

function globToPattern(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
}

/** The member, unless it is undefined. */
export function defined(name: string, value: unknown): Json {
  return value === undefined ? {} : { [name]: value };
}
