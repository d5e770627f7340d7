import fc from 'fast-check';

/** The detail of a valid release. */
export function sampleDetail(): Record<string, unknown> {
  return {
    product: 'thermostat',
    version: '2.4.1',
    channels: ['beta'],
    artifacts: [sampleArtifact()],
  };
}

export function sampleArtifact(): Record<string, unknown> {
  return {
    fileName: '/app.bin',
    fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'thermostat/2.4.1/app.bin', version: '3HL4kqtJlcpXroDTDmJ' } },
    sha256: 'a'.repeat(64),
  };
}

export const account = '123456789012';

/** The body of an event around `detail`. */
export function bodyOf(detail: unknown, members: Record<string, unknown> = {}): string {
  return JSON.stringify({ account, source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Published', detail, ...members });
}

/** A copy of `detail` with `value` at `path`, or without that member if `value` is undefined. */
export function withMember(detail: Record<string, unknown>, path: readonly (string | number)[], value: unknown): Record<string, unknown> {
  const copy = structuredClone(detail);
  let inner: unknown = copy;
  for (const step of path.slice(0, -1)) inner = Reflect.get(Object(inner), step);
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(Object(inner), last);
  else Reflect.set(Object(inner), last, value);
  return copy;
}

/** Text of any code units, including lone surrogates. */
export const anyText = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength }).map((units) => String.fromCharCode(...units));
