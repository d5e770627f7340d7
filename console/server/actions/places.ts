type Release = { readonly product: string; readonly version: string };

/** The page that shows a release. */
export function placeOfRelease({ product, version }: Release): string {
  return `/releases/${encodeURIComponent(product)}/${encodeURIComponent(version)}`;
}

/** The page that shows one rollout. */
export function placeOfRollout(rollout: Release & { readonly revision: number; readonly channel: string }): string {
  return `${placeOfRelease(rollout)}/${rollout.revision}/${encodeURIComponent(rollout.channel)}`;
}

/** The page that shows every channel. */
export const placeOfChannels = '/';
