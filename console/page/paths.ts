type OneRelease = { readonly product: string; readonly version: string };

/** The path of the page that shows a release. */
export function releasePath({ product, version }: OneRelease): string {
  return `/releases/${encodeURIComponent(product)}/${encodeURIComponent(version)}`;
}

/** The path of the page that shows one rollout. */
export function rolloutPath(rollout: OneRelease & { readonly revision: number; readonly channel: string }): string {
  return `${releasePath(rollout)}/${rollout.revision}/${encodeURIComponent(rollout.channel)}`;
}

/** The path of the API that answers a release. */
export function releaseApi(release: OneRelease): string {
  return `/api${releasePath(release)}`;
}

/** A path as the router can read it. An address that a person typed may have stray percent signs, or begin with several slashes. */
export function readablePath(pathname: string): string {
  const path = pathname.replace(/^\/+/, '/');
  try {
    decodeURIComponent(path);
    return path;
  } catch {
    return NO_VIEW;
  }
}

/** A path that no view has. */
const NO_VIEW = '/no-such-view';
