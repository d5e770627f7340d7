/**
 * What the cloud must allow, derived from channels.yml: event sources in the rule and on the bus, roles that may be
 * passed, buckets that may be read. serverless.yml and infrastructure/*.yml read the exports by name.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** EventBridge refuses an event pattern that is longer. */
const LONGEST_EVENT_PATTERN = 2048;
const DETAIL_TYPES = ['Firmware Release Published', 'Firmware Release Withdrawn'];
const unique = (values) => [...new Set(values)].sort();
const sub = (text) => (text.includes('${') ? { 'Fn::Sub': text } : text);

async function load({ resolveVariable }) {
  const file = await resolveVariable('param:channels');
  const stage = await resolveVariable('sls:stage');
  const { artifactBuckets = [], products = {} } = parse(readFileSync(file, 'utf8'));
  const channels = Object.values(products).flatMap((product) => Object.values(product.channels ?? {}));
  const forCloudFormation = (text) =>
    text
      .replaceAll('${aws:accountId}', '${AWS::AccountId}')
      .replaceAll('${aws:region}', '${AWS::Region}')
      .replaceAll('${sls:stage}', stage);
  return {
    sources: unique(Object.values(products).flatMap((product) => product.sources ?? [])),
    roles: unique(channels.flatMap((channel) => channel.createOTAUpdate?.roleArn ?? []).map(forCloudFormation)),
    buckets: unique(artifactBuckets.map(forCloudFormation)),
  };
}

async function accounts({ resolveVariable }) {
  const further = (await resolveVariable('param:allowedAccounts')) ?? [];
  return [{ Ref: 'AWS::AccountId' }, ...further.map(String)];
}

/** Accounts whose events are accepted: this one, and those of the parameter. */
export const allowedAccounts = accounts;

/** The same as the comma list that the handlers read. */
export const allowedAccountsText = async (context) => ({ 'Fn::Join': [',', await accounts(context)] });

/** Sources of all products: who may announce a release. */
export const sources = async (context) => (await load(context)).sources;

/** The rule's pattern: account, source and detail-type are all pinned. */
export async function eventPattern(context) {
  const pattern = { account: await accounts(context), source: (await load(context)).sources, 'detail-type': DETAIL_TYPES };
  const { length } = JSON.stringify(pattern);
  if (length > LONGEST_EVENT_PATTERN)
    throw new Error(
      `channels.yml: the event pattern would have ${length} characters, EventBridge takes ${LONGEST_EVENT_PATTERN}: let products share sources`,
    );
  return pattern;
}

/** Roles that AWS IoT may be given: each channel's own. Without an IoT Core channel: none that exists. */
export async function passableRoles(context) {
  const { roles } = await load(context);
  return roles.length > 0
    ? roles.map(sub)
    : [sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:role/ota-dispatch/no-channel-passes-a-role')];
}

const bucketArns = async (context, suffix) => {
  const { buckets } = await load(context);
  const arns = buckets.map((bucket) => sub(`arn:\${AWS::Partition}:s3:::${bucket}${suffix}`));
  return arns.length > 0 ? arns : [{ 'Fn::Sub': `\${DocumentsBucket.Arn}${suffix}` }];
};

/** The artifact buckets; without any, the service's own, which it may read anyway. */
export const artifactBuckets = (context) => bucketArns(context, '');

/** Everything in the artifact buckets. */
export const artifactObjects = (context) => bucketArns(context, '/*');
