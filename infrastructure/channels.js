/**
 * What the cloud must allow, derived from channels.yml: event sources in the rule and on the bus, roles that may be
 * passed, buckets that may be read. serverless.yml and infrastructure/*.yml read the exports by name.
 */
import { readFileSync, statSync } from 'node:fs';
import { eventPatternOf, judgeEventPattern } from '../domain/channels/event-pattern.ts';
import { readChannelsFile } from '../domain/channels/lines.ts';
import { itemsOf, withoutStack } from './parameters.js';

export { detailTypes } from '../domain/channels/event-pattern.ts';

/** Our own source, which outcome events carry. */
const OUTCOMES = 'ota-dispatch';

/** Stands in where the length of an account's id is all that matters. */
const SOME_ACCOUNT = '000000000000';

const unique = (values) => [...new Set(values)].sort();
const variable = (name) => `\${${name}}`;
const arn = (rest) => ({ 'Fn::Sub': `arn:${variable('AWS::Partition')}:${rest}` });

async function load({ resolveVariable }) {
  const file = await resolveVariable('param:channels');
  const stage = await resolveVariable('sls:stage');
  const region = await resolveVariable('self:provider.region');
  // A file that is wrong, a folder or not there is told in a line each when the handlers are bundled, a moment later.
  const read = readChannelsFile(statSync(file, { throwIfNoEntry: false })?.isDirectory() === false ? readFileSync(file, 'utf8') : '');
  const { artifactBuckets, products } = read.ok ? read.value : { artifactBuckets: [], products: {} };
  const channels = Object.values(products).flatMap((product) => Object.values(product.channels));
  const inCloudFormation = (text) =>
    text
      .replaceAll(variable('aws:accountId'), variable('AWS::AccountId'))
      .replaceAll(variable('aws:region'), variable('AWS::Region'))
      .replaceAll(variable('sls:stage'), stage);
  const sources = unique(Object.values(products).flatMap((product) => product.sources.map(inCloudFormation)));
  return {
    sourcesAsText: sources.map((source) =>
      source.replaceAll(variable('AWS::AccountId'), SOME_ACCOUNT).replaceAll(variable('AWS::Region'), region),
    ),
    sources: sources.map((source) => (source.includes('${') ? { 'Fn::Sub': source } : source)),
    roles: unique(channels.flatMap((channel) => channel.createOTAUpdate?.roleArn ?? []).map(inCloudFormation)),
    buckets: unique(artifactBuckets.map(inCloudFormation)),
  };
}

/** Accounts whose events are accepted: this one, and those of the parameter. */
export async function allowedAccounts({ resolveVariable }) {
  return [{ Ref: 'AWS::AccountId' }, ...itemsOf(await resolveVariable('param:allowedAccounts'))];
}

/** The same as the comma list that the handlers read. */
export const allowedAccountsText = async (context) => ({ 'Fn::Join': [',', await allowedAccounts(context)] });

/** Sources of all products: who may announce a release. */
export const sources = async (context) => (await load(context)).sources;

/** Every source that has business on the bus: the producers' and our own. */
export const sourcesOnTheBus = async (context) => [...(await load(context)).sources, OUTCOMES];

/** The rule's pattern: account, source and detail-type are all pinned. Throws when EventBridge would refuse its length. */
export async function eventPattern(context) {
  const { sources, sourcesAsText } = await load(context);
  const [own, ...further] = await allowedAccounts(context);
  const fault = judgeEventPattern(eventPatternOf([SOME_ACCOUNT, ...further], sourcesAsText));
  if (fault) throw withoutStack(`${await context.resolveVariable('param:channels')}: ${fault}`);
  return eventPatternOf([own, ...further], sources);
}

/** Roles that AWS IoT may be given: each channel's own. Without an IoT Core channel: one that nobody can create by accident. */
export async function passableRoles(context) {
  const { roles } = await load(context);
  return roles.length > 0 ? roles.map((role) => ({ 'Fn::Sub': role })) : [arn(`iam::${variable('AWS::AccountId')}:role/ota-dispatch/none`)];
}

const inBuckets = async (context, suffix) => {
  const { buckets } = await load(context);
  return buckets.length > 0
    ? buckets.map((bucket) => arn(`s3:::${bucket}${suffix}`))
    : [{ 'Fn::Sub': `${variable('DocumentsBucket.Arn')}${suffix}` }];
};

/** The artifact buckets; without any, the service's own, which it may read anyway. */
export const artifactBuckets = (context) => inBuckets(context, '');

/** Everything in the artifact buckets. */
export const artifactObjects = (context) => inBuckets(context, '/*');
