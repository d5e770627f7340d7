import type { RejectionCode } from '../../../domain/release/rejection.ts';
import { bodyOf, sampleArtifact, sampleDetail, withMember } from '../../support/sample.ts';

/**
 * A body that somebody may send, and the code under which the intake refuses it, null where it takes it. `final` is what
 * the whole service answers to a body that the intake takes, over the channels, objects and history of proof/fuzz: a
 * code, or nothing where the release goes out.
 */
export type HostileBody = readonly [what: string, body: string | Uint8Array, code: RejectionCode | null, final?: RejectionCode];

/** One of them whose last code may be undefined. */
export const entry = (what: string, body: string, code: RejectionCode | null, final: RejectionCode | undefined): HostileBody =>
  final === undefined ? [what, body, code] : [what, body, code, final];

type Path = readonly (string | number)[];

/** Stands in texts that must never be logged. */
export const SECRET = 'neverlog';

export const ok = bodyOf(sampleDetail());
export const withdrawn = { 'detail-type': 'Firmware Release Withdrawn' };
export const withdrawal = { product: 'thermostat', version: '2.4.1' };
export const s3Location: Path = ['artifacts', 0, 'fileLocation', 's3Location'];

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const bytes = (...values: number[]) => Uint8Array.from(values);
export const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
export const variable = (name: string) => '$'.concat('{', name, '}');

/** A value in the name of a test: cut where it is long, with its length. */
export function quoted(value: unknown): string {
  const text = value === undefined ? 'left out' : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 30)}… of ${text.length} characters`;
}

/** The sample with one more member written into the detail as it stands, or into the envelope. */
export const member = (text: string) => ok.replace('"product"', `${text},"product"`);
export const outside = (text: string) => ok.replace('{', `{${text},`);

/** The sample with the member at `path` put to `value`. */
export const change = (path: Path, value: unknown) => bodyOf(withMember(sampleDetail(), path, value));

/** The sample on other channels, with other members. */
export const on = (channels: string | readonly string[], members: Readonly<Record<string, unknown>> = {}) =>
  bodyOf({ ...sampleDetail(), channels: [channels].flat(), ...members });

/** The sample on one channel with one artifact, which is the sample's with other members. */
export const file = (channel: string, members: Readonly<Record<string, unknown>>) =>
  on(channel, { artifacts: [{ ...sampleArtifact(), ...members }] });

/** The sample on one channel with one artifact that has these members and no other. */
export const bare = (channel: string, members: Readonly<Record<string, unknown>>) => on(channel, { artifacts: [members] });

/** Where an object lies, at one of the versions that the fuzzer's S3 has. */
export const at = (version: string, key = `thermostat/${SECRET}/app.bin`) => ({ s3Location: { bucket: 'acme-firmware', key, version } });

export const withdraw = (members: Readonly<Record<string, unknown>>) => bodyOf({ ...withdrawal, ...members }, withdrawn);

/** A signature that a release may bring, with members of its own. */
export const custom = (members: Readonly<Record<string, unknown>> = {}) => ({
  signature: { inlineDocument: 'bmV2ZXJsb2c=' },
  certificateChain: { certificateName: `${SECRET}.pem`, inlineDocument: '-----BEGIN CERTIFICATE-----\n' },
  hashAlgorithm: 'SHA256',
  signatureAlgorithm: 'ECDSA',
  ...members,
});
