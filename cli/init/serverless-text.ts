import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPacked, root } from '../../scripts/installation.ts';
import { projectServerless } from '../../scripts/pack/project-files.ts';
import { templateFile } from './template-files.ts';

/** The text of serverless.yml for a project in a Region. In a clone it is made from that of the repository, as packing does. */
export function serverlessText(region: string): string {
  const text = isPacked ? templateFile('serverless.yml') : projectServerless(readFileSync(join(root, 'serverless.yml'), 'utf8'));
  return text.replace(/^( {4}region: )\S+.*$/m, (_, before: string) => `${before}${region}`);
}
