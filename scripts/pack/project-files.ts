import { PACKED_INFRASTRUCTURE } from '../installation.ts';

/** The text of a YAML file of infrastructure/ as a project includes it: with the paths of a project. */
export const withPackedPaths = (text: string): string => text.replaceAll('file(infrastructure/', `file(${PACKED_INFRASTRUCTURE}/`);

/** What differs between the serverless.yml of the repository and that of a project, apart from paths. */
const DIFFERENCES: readonly (readonly [ofRepository: string, ofProject: string])[] = [
  [
    '# The service in AWS. Its functions are in infrastructure/service.yml, and everything around them is by subject in infrastructure/.\n',
    '# The service in AWS. Its functions and everything around them come from the package ota-dispatch.\n',
  ],
  [
    './infrastructure/bundle-plugin.ts # bundles handlers/ into dist/ before osls zips it',
    `./${PACKED_INFRASTRUCTURE}/plugin.js # copies the bundled handlers of ota-dispatch into dist/ before osls zips it`,
  ],
];

/** The serverless.yml of a project, made of that of the repository. @throws if `serverless` lacks a line that differs */
export function projectServerless(serverless: string): string {
  let text = serverless;
  for (const [ofRepository, ofProject] of DIFFERENCES) {
    if (!text.includes(ofRepository)) throw new Error(`serverless.yml has no line ${ofRepository.trim()}`);
    text = text.replace(ofRepository, () => ofProject);
  }
  return withPackedPaths(text).replaceAll('docs/how-to/deploy.md', 'node_modules/ota-dispatch/lib/docs/how-to/deploy.md');
}
