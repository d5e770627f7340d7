import { isRecord, partitionOf, type Segment } from 'aws-ota-models';
import type { JsonObject } from '../../domain/channels/template-shape.ts';

/** Members whose values are the user's own text, in which an ARN means nothing to AWS. */
const usersOwn = ['attributes', 'additionalParameters', 'tags', 'Tags'];

type Place = { readonly partition: string; readonly region: string; readonly account: string };

/**
 * The request with the variables of channels.yml in place of partition, Region and account in each ARN, and how many ARNs changed. The account
 * is that of the first target. An ARN of another Region or account stays as it is, so that `ota check` names it.
 */
export function stageVariables(
  request: JsonObject,
  region: string,
): { readonly request: JsonObject; readonly changed: number; readonly account: string } {
  const account = placeOfFirstTarget(request)?.account;
  if (account === undefined) return { request, changed: 0, account: '' };
  const place = { partition: partitionOf(region).name, region, account };
  let changed = 0;
  const replace = (value: unknown, path: readonly Segment[]): unknown => {
    if (usersOwn.includes(String(path.at(-1)))) return value;
    if (typeof value === 'string') {
      const text = withVariables(value, place);
      if (text !== value) changed += 1;
      return text;
    }
    if (Array.isArray(value)) return value.map((item, index) => replace(item, [...path, index]));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replace(item, [...path, name])]));
  };
  const replaced = replace(request, []) as JsonObject;
  return { request: replaced, changed, account };
}

function withVariables(text: string, place: Place): string {
  const [arn, partition = '', service = '', region = '', account = '', ...resource] = text.split(':');
  if (arn !== 'arn' || resource.length === 0) return text;
  const variable = (given: string, own: string, name: string) => (given !== '' && given === own ? `\${aws:${name}}` : given);
  return [
    arn,
    variable(partition, place.partition, 'partition'),
    service,
    variable(region, place.region, 'region'),
    variable(account, place.account, 'accountId'),
    ...resource,
  ].join(':');
}

/** The Region and the account of the first target that names them. Role and packages of the request are of the same account. */
export function placeOfFirstTarget(request: JsonObject): Omit<Place, 'partition'> | undefined {
  for (const targets of [request['targets'], request['Target']]) {
    for (const target of Array.isArray(targets) ? targets : []) {
      const [, region, account] = /^arn:[\w-]+:[\w-]+:([a-z0-9-]+):(\d{12}):/.exec(String(target)) ?? [];
      if (region !== undefined && account !== undefined) return { region, account };
    }
  }
  return undefined;
}
