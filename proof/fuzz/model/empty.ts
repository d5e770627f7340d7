import { isObject } from './json.ts';
import type { Detail } from './release.ts';

/** Optional members that say nothing if they are empty, wherever they are in a release. */
const SAY_NOTHING = ['tags', 'hardware', 'attributes', 'codeSigning', 'certificateChain'];

/** A valid release without the optional members that are empty. */
export function withoutEmpty(release: Detail): Detail {
  const artifacts = (release['artifacts'] as readonly Detail[]).map((artifact) => filled({ ...artifact, ...signing(artifact) }));
  return filled({ ...release, artifacts });
}

function signing({ codeSigning }: Detail): Detail {
  if (!isObject(codeSigning) || !isObject(codeSigning['customCodeSigning'])) return {};
  return { codeSigning: { ...codeSigning, customCodeSigning: filled(codeSigning['customCodeSigning']) } };
}

function filled(members: Detail): Detail {
  const isLeftOut = (name: string) => SAY_NOTHING.includes(name) && Object.keys(members[name] as object).length === 0;
  return Object.fromEntries(Object.entries(members).filter(([name]) => !isLeftOut(name)));
}
