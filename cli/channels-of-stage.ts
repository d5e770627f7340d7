import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../scripts/command.ts';
import { readGivenFile, root } from '../scripts/given-file.ts';

type Deployment = { readonly params?: Readonly<Record<string, { readonly channels?: unknown } | null>> | null } | null;

/**
 * The text of a stage's channels.yml, and its name for messages. It is the file that a person named, or else the one that
 * serverless.yml deploys the stage with. Throws UsageError if it cannot be read.
 */
export function channelsOf(stage: string, given: string | undefined): { readonly name: string; readonly text: string } {
  if (given !== undefined) return { name: given, text: readGivenFile(given) };
  const name = nameOfChannels(stage, readFileSync(join(root, 'serverless.yml'), 'utf8'));
  return { name, text: readGivenFile(resolve(root, name)) };
}

/**
 * The parameter `channels` of a stage in the text of a serverless.yml. Its CloudFormation tags are ignored. The stage is the
 * only variable that is known here. Throws UsageError for every other variable.
 */
export function nameOfChannels(stage: string, serverless: string): string {
  const params = (parse(serverless, { logLevel: 'error' }) as Deployment)?.params ?? {};
  const own = Object.hasOwn(params, stage) ? params[stage] : undefined;
  const name = String(own?.channels ?? params['default']?.channels ?? 'channels.yml').replaceAll(STAGE, stage);
  if (name.includes('${'))
    throw new UsageError(`channels in serverless.yml is ${name}, which is only known at deployment: pass --channels FILE`);
  return name;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const STAGE = '${sls:stage}';
