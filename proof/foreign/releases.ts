/** The source that channels.yml allows for every product. */
export const SOURCE = 'com.acme.firmware-ci';
/** The source that may approve and resume for smart-lock. */
export const APPROVER = 'com.acme.release-board';
export const BUCKET = 'acme-firmware';
export const PUBLISHED = 'Firmware Release Published';

/** An object that was uploaded, as an artifact of a release names it. */
export type Artifact = {
  readonly fileName: string;
  readonly fileLocation: { readonly s3Location: { readonly bucket: string; readonly key: string; readonly version: string } };
  readonly sha256: string;
  readonly sizeBytes: number;
};

/** The detail of a release. */
export type Release = {
  readonly product: string;
  readonly version: string;
  readonly channels: readonly string[];
  readonly artifacts: readonly Artifact[];
  readonly hardware?: readonly string[];
};

const HARDWARE = ['T6-B', 'T6-C'];

/** A release of one of the products of examples/channels.yml. */
export function releaseOf(product: string, version: string, channels: readonly string[], artifact: Artifact): Release {
  return { product, version, channels, artifacts: [artifact], ...(product === 'thermostat' && { hardware: HARDWARE }) };
}

/**
 * The same release in another form, as another producer may write it: its members in another order, with white space, or its
 * hardware in another order. It has the same content, so the service must take it for a duplicate.
 */
export function inForm(form: number, release: Release): string {
  const forms = [
    () => JSON.stringify(Object.fromEntries(Object.entries(release).reverse())),
    () => JSON.stringify(release, null, 2),
    () => JSON.stringify({ ...release, ...(release.hardware && { hardware: [...release.hardware].reverse() }) }),
  ];
  return (forms[form % forms.length] as () => string)();
}
