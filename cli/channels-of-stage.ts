import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readGivenFile, root } from './command.ts';

type Deployment = { readonly params?: Readonly<Record<string, { readonly channels?: string } | null>> };

/**
 * The configuration of a stage and the name to call it by in messages: the file `given` by a person, else the one that
 * serverless.yml deploys the stage with. Throws UsageError where it cannot be read.
 */
export function channelsOf(stage: string, given: string | undefined): { readonly name: string; readonly text: string } {
  if (given !== undefined) return { name: given, text: readGivenFile(given) };
  const name = nameOfChannels(stage, readFileSync(join(root, 'serverless.yml'), 'utf8'));
  return { name, text: readGivenFile(join(root, name)) };
}

/** The parameter `channels` of a stage, in the text of a serverless.yml. Tags of CloudFormation in it mean nothing here. */
export function nameOfChannels(stage: string, serverless: string): string {
  const { params = {} }: Deployment = parse(serverless, { logLevel: 'error' });
  const own = Object.hasOwn(params, stage) ? params[stage] : undefined;
  return own?.channels ?? params['default']?.channels ?? 'channels.yml';
}
