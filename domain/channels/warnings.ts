import { formatPath, type Problem, type Segment } from 'aws-ota-models';
import { templateRules } from './rules.ts';
import type { Channel, Channels } from './schema.ts';
import { templateNameOf } from './template-name.ts';
import { listOf, objectOf } from './template-shape.ts';
import { textsOf } from './template-texts.ts';
import type { ChannelVariables } from './variables.ts';

/**
 * Warnings about a valid file in a stage. Paths lead from the top of the file. They are about:
 *
 * - channels that share a target: neither knows the other's rollouts, although they meet on the same devices;
 * - options that have no effect on the channel's AWS service;
 * - a channel of managed integrations in a region where AWS documents no such service, but not in the local stage;
 * - a channel of managed integrations whose devices get a URL of S3 without a signature;
 * - members of a template that AWS gets even if a release has others: the description, and a fileVersion;
 * - a fixed start or end of a job, which each release gets;
 * - empty texts of a template.
 */
export function findWarnings(channels: Channels, place: ChannelVariables): Problem[] {
  return [...sharedTargets(channels), ...optionsWithoutEffect(channels), ...ofTemplates(channels, place), ...emptyTexts(channels)];
}

function ofTemplates({ products }: Channels, place: ChannelVariables): Problem[] {
  return Object.entries(products).flatMap(([product, { channels }]) =>
    Object.entries(channels).flatMap(([name, channel]) =>
      templateRules[templateNameOf(channel)]
        .warnings(channel, place)
        .map(({ path, message }) => ({ path: ['products', product, 'channels', name, ...path], message })),
    ),
  );
}

function sharedTargets(channels: Channels): Problem[] {
  const firstWith = new Map<string, readonly Segment[]>();
  const warnings: Problem[] = [];
  for (const [product, { channels: ofProduct }] of Object.entries(channels.products)) {
    for (const [name, channel] of Object.entries(ofProduct)) {
      const path = ['products', product, 'channels', name];
      for (const [target, at] of targetsOf(channel)) {
        const first = firstWith.get(target);
        if (!first) firstWith.set(target, path);
        else if (first !== path)
          warnings.push({
            path: [...path, ...at],
            message: `${formatPath(first)} has the same target, but neither channel knows the rollouts of the other`,
          });
      }
    }
  }
  return warnings;
}

function optionsWithoutEffect(channels: Channels): Problem[] {
  return Object.entries(channels.products).flatMap(([product, { channels: ofProduct }]) =>
    Object.entries(ofProduct).flatMap(([name, channel]) =>
      templateRules[templateNameOf(channel)].optionsWithoutEffect
        .filter((option) => channel[option] !== undefined)
        .map((option) => ({
          path: ['products', product, 'channels', name, option],
          message: 'has no effect on the AWS service of this channel: remove it',
        })),
    ),
  );
}

/** What `aws --generate-cli-skeleton` writes for a text. An entry of `files` with an empty `fileName` is for no usual file. */
function emptyTexts({ products }: Channels): Problem[] {
  return Object.entries(products).flatMap(([product, { channels }]) =>
    Object.entries(channels).flatMap(([name, channel]) => {
      const template = templateNameOf(channel);
      return textsOf(channel[template], [template], (member) => !mayBeEmpty.includes(member))
        .filter(({ text }) => text === '')
        .map(({ path }) => ({
          path: ['products', product, 'channels', name, ...path],
          message: 'is empty, as in a skeleton of the AWS CLI: write a value, or leave it out',
        }));
    }),
  );
}

/** A prefix of S3 may be empty. A `fileVersion` has a warning of its own. */
const mayBeEmpty = ['prefix', 'fileVersion'];

/** The targets of a channel and its query, as text to compare, each with its path relative to the channel. */
function targetsOf(channel: Channel): [target: string, at: Segment[]][] {
  const name = templateNameOf(channel);
  const { targetsMember, query } = templateRules[name];
  const targets = listOf(objectOf(channel[name])[targetsMember]).map((target, index): [string, Segment[]] => [
    String(target),
    [name, targetsMember, index],
  ]);
  const queryString = query(channel);
  return queryString === undefined ? targets : [...targets, [`query ${queryString}`, [name, 'OtaTargetQueryString']]];
}
