import { consumeReleases } from './consume-releases.ts';
import { releasesDependencies } from './dependencies/releases.ts';

export const handler = consumeReleases(releasesDependencies(process.env));
