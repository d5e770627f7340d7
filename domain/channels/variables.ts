import type { Problem } from 'aws-ota-models';
import { isRecord, type Segment } from 'aws-ota-models';

/** Where the service runs. */
export type Place = {
  readonly accountId: string;
  readonly region: string;
  readonly stage: string;
  readonly documentsBucket: string;
};

/** What the variables of channels.yml stand for. */
export type ChannelVariables = Omit<Place, 'documentsBucket'>;

/**
 * The name of the bucket with the job documents. It names account and region because bucket names are global.
 * infrastructure/documents.yml passes CloudFormation's variables for them.
 */
export function documentsBucketName({ stage, accountId, region }: ChannelVariables): string {
  return `ota-dispatch-${stage}-documents-${accountId}-${region}`;
}

const unknown = 'unknown variable: aws:accountId, aws:region and sls:stage are the only ones';
const inName = 'no variable in a name: they are replaced in values only';

/**
 * `value`, the content of channels.yml, with its three variables (`aws:accountId`, `aws:region`, `sls:stage`,
 * each between dollar-brace and brace) replaced in all values. Any other dollar-brace is a problem, and
 * each in a name, except inside a channel's `jobDocument`, where it is kept for IoT Jobs.
 */
export function replaceVariables(
  value: unknown,
  variables: ChannelVariables,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const known = new Map([
    ['aws:accountId', variables.accountId],
    ['aws:region', variables.region],
    ['sls:stage', variables.stage],
  ]);
  const problems: Problem[] = [];
  const judge = (text: string, path: readonly Segment[], message: string) => {
    if (text.includes('${') && !isInJobDocument(path)) problems.push({ path, message });
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

function isInJobDocument(path: readonly Segment[]): boolean {
  return path[0] === 'products' && path[2] === 'channels' && path[4] === 'jobDocument';
}
