import { consumeReleases } from './consume-releases.ts';
import { dependencies } from './dependencies.ts';

export const handler = consumeReleases(dependencies(process.env));
