import type { Problem } from 'aws-ota-models';
import { isRecord, partitionOf, type Segment } from 'aws-ota-models';

/** Where the service runs, and the name of its bucket for job documents. */
export type Place = {
  readonly accountId: string;
  readonly region: string;
  readonly stage: string;
  readonly documentsBucket: string;
};

/** Stands for an account that nobody named. The local service has this one, and no AWS account does. */
export const unknownAccount = '000000000000';

/** The values of the variables in channels.yml. `isAccountNamed` says that {@link unknownAccount} is meant, and stands for no other. */
export type ChannelVariables = Omit<Place, 'documentsBucket'> & { readonly isAccountNamed?: boolean };

/**
 * The name of the bucket with the job documents. Bucket names are global, so it contains account and region.
 * infrastructure/documents.yml passes CloudFormation's variables in their place.
 */
export function documentsBucketName({ stage, accountId, region }: ChannelVariables): string {
  return `ota-dispatch-${stage}-documents-${accountId}-${region}`;
}

const unknown = 'unknown variable: the only ones are aws:accountId, aws:region, aws:partition and sls:stage';
const inName = 'a name must not have a variable, because only those in values are replaced';

/**
 * `value`, the content of channels.yml, with four variables replaced in all values: `aws:accountId`, `aws:region`,
 * `aws:partition` (the one of the region) and `sls:stage`, each between dollar-brace and brace. Any other dollar-brace is a
 * problem, and so is one in a name.
 *
 * In a channel's `jobDocument` other placeholders are kept, because IoT Jobs has its own. If there are problems, do not use
 * the value.
 */
export function replaceVariables(
  value: unknown,
  variables: ChannelVariables,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const known = new Map([
    ['aws:accountId', variables.accountId],
    ['aws:region', variables.region],
    ['aws:partition', partitionOf(variables.region).name],
    ['sls:stage', variables.stage],
  ]);
  const problems: Problem[] = [];
  const judge = (text: string, path: readonly Segment[], message: string) => {
    if (text.includes('${') && !isOfIotJobs(path)) problems.push({ path, message });
  };
  const replace = (inner: unknown, path: readonly Segment[]): unknown => {
    if (typeof inner === 'string') {
      const text = inner.replaceAll(/\$\{([^{}]*)\}/g, (whole, name: string) => known.get(name) ?? whole);
      judge(text, path, unknown);
      return text;
    }
    if (Array.isArray(inner)) return inner.map((item, index) => replace(item, [...path, index]));
    if (!isRecord(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).map(([name, item]) => {
        judge(name, [...path, name], inName);
        return [name, replace(item, [...path, name])];
      }),
    );
  };
  return { value: replace(value, []), problems };
}

/** Whether a text is in `jobDocument`, or in `document` of `createJob`, whose own message says more. */
function isOfIotJobs(path: readonly Segment[]): boolean {
  if (path[0] !== 'products' || path[2] !== 'channels') return false;
  return path[4] === 'jobDocument' || (path[4] === 'createJob' && path[5] === 'document');
}
