import { releasesDependencies } from './cold-start/releases.ts';
import { consumeReleases } from './consume-releases.ts';

export const handler = consumeReleases(releasesDependencies(process.env));
