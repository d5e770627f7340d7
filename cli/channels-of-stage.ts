import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { readGivenFile, root, UsageError } from './command.ts';

type Deployment = { readonly params?: Readonly<Record<string, { readonly channels?: unknown } | null>> | null } | null;

/**
 * The configuration of a stage and the name to call it by in messages: the file `given` by a person, else the one that
 * serverless.yml deploys the stage with. Throws UsageError where it cannot be read.
 */
export function channelsOf(stage: string, given: string | undefined): { readonly name: string; readonly text: string } {
  if (given !== undefined) return { name: given, text: readGivenFile(given) };
  const name = nameOfChannels(stage, readFileSync(join(root, 'serverless.yml'), 'utf8'));
  return { name, text: readGivenFile(resolve(root, name)) };
}

/**
 * The parameter `channels` of a stage, in the text of a serverless.yml, whose CloudFormation tags mean nothing here. Of
 * variables only the stage is known; throws UsageError for others.
 */
export function nameOfChannels(stage: string, serverless: string): string {
  const params = (parse(serverless, { logLevel: 'error' }) as Deployment)?.params ?? {};
  const own = Object.hasOwn(params, stage) ? params[stage] : undefined;
  const name = String(own?.channels ?? params['default']?.channels ?? 'channels.yml').replaceAll(STAGE, stage);
  if (name.includes('${'))
    throw new UsageError(`params of serverless.yml: channels is ${name}, which only a deployment can tell: add --channels FILE`);
  return name;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const STAGE = '${sls:stage}';
